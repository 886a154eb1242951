// A Node server on a loopback port of its own, PORT or 8080. Node's own modules only.
const http = require('node:http');

const server = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(
    `Node, asked for ${request.method} ${request.url}\n` +
      `Host: ${request.headers.host}\n` +
      `X-Forwarded-For: ${request.headers['x-forwarded-for'] ?? '-'}\n`,
  );
});

server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => console.log(`node on ${server.address().port}`));
