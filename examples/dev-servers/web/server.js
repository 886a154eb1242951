// A page on the loopback port PORT. Node's own modules only.
const http = require('node:http');

const server = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(`<!DOCTYPE html><title>Shop</title><h1>Shop</h1><p>at ${process.env.LOOPGATE_URL}</p>\n`);
});

server.listen(Number(process.env.PORT), process.env.HOST, () => console.log(`web on ${server.address().port}`));
