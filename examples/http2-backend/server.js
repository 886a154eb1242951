// A server of HTTP/2 without TLS on PORT (50051); it answers in two parts and with a trailer. Node's own modules only.
const http2 = require('node:http2');

const server = http2.createServer();

server.on('stream', (stream, headers) => {
  stream.respond({ ':status': 200, 'content-type': 'text/plain' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-status': 'done' }));
  stream.write(`${headers[':method']} ${headers[':path']} for ${headers[':authority']},\n`);
  setTimeout(() => stream.end('in HTTP/2\n'), 50);
});

server.listen(Number(process.env.PORT ?? 50051), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
