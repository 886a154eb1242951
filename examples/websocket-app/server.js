// A chat: what one browser sends, all get. A WebSocket server (RFC 6455) in Node's own modules, short text messages only.
const http = require('node:http');
const { createHash } = require('node:crypto');

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Chat</title>
<form><input autofocus placeholder="Say something"></form>
<ul></ul>
<script>
  const socket = new WebSocket('ws://' + location.host + '/chat');
  const input = document.querySelector('input');
  socket.onmessage = (event) => {
    const line = document.createElement('li');
    line.textContent = event.data;
    document.querySelector('ul').append(line);
  };
  document.querySelector('form').onsubmit = () => {
    socket.send(input.value);
    input.value = '';
    return false;
  };
</script>
`;

const clients = new Set();

function frame(opcode, payload) {
  const head = payload.length < 126 ? [0x80 | opcode, payload.length] : [0x80 | opcode, 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from(head), payload]);
}

function read(socket, data) {
  let rest = data;
  while (rest.length >= 2) {
    const opcode = rest[0] & 15;
    let length = rest[1] & 127;
    let at = 2;
    if (length === 126) {
      if (rest.length < 4) break;
      length = rest.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      socket.destroy();
      return Buffer.alloc(0);
    }
    if (rest.length < at + 4 + length) break;
    const mask = rest.subarray(at, at + 4);
    const payload = Buffer.from(rest.subarray(at + 4, at + 4 + length)).map((byte, i) => byte ^ mask[i % 4]);
    rest = rest.subarray(at + 4 + length);
    if (opcode === 1) for (const client of clients) client.write(frame(1, payload));
    if (opcode === 9) socket.write(frame(10, payload));
    if (opcode === 8) socket.end(frame(8, payload));
  }
  return rest;
}

const server = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(page);
});

server.on('upgrade', (request, socket, head) => {
  const key = request.headers['sec-websocket-key'];
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || !key) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    return;
  }
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  clients.add(socket);
  let pending = head;
  socket.on('data', (data) => {
    pending = read(socket, Buffer.concat([pending, data]));
  });
  socket.on('end', () => socket.end());
  socket.on('close', () => clients.delete(socket));
  socket.on('error', () => clients.delete(socket));
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`chat on ${server.address().port}`));
