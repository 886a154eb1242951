// Says what arrived. Node's own modules only; the port is the first argument.
const http = require('node:http');
const zlib = require('node:zlib');
const { createHash } = require('node:crypto');

const server = http.createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
  const hash = createHash('sha256');
  const body = [];
  let length = 0;
  request.on('data', (data) => {
    hash.update(data);
    length += data.length;
    if (length < 10_000) body.push(data);
  });
  request.on('end', () => {
    const { method, url, headers, httpVersion, trailers } = request;
    const text = Buffer.concat(body).toString();
    const answer = JSON.stringify({ method, url, headers, httpVersion, trailers, length, sha256: hash.digest('hex'), text });
    response.setHeader('Content-Type', 'application/json');
    if (url.startsWith('/gzip')) {
      response.setHeader('Content-Encoding', 'gzip');
      response.end(zlib.gzipSync(answer));
    } else if (url.startsWith('/chunks')) {
      response.setHeader('Trailer', 'X-Checked');
      for (const piece of answer.match(/.{1,10}/gs)) response.write(piece);
      response.addTrailers({ 'X-Checked': 'yes' });
      response.end();
    } else if (url.startsWith('/long-field')) {
      response.setHeader('X-Long', 'y'.repeat(30_000));
      response.end(answer);
    } else {
      response.end(answer);
    }
  });
});

server.on('checkContinue', (request, response) => {
  if (request.url.startsWith('/refuse')) {
    response.writeHead(403, { Connection: 'close' });
    response.end('not that\n');
  } else {
    response.writeContinue();
    server.emit('request', request, response);
  }
});

server.listen(Number(process.argv[2]), '127.0.0.1');
