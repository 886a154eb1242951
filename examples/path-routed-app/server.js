// A front end and an API, each on its own loopback port: WEB_PORT (5173) and API_PORT (8080). Node's own modules only.
const http = require('node:http');

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Shop</title>
<h1>Shop</h1>
<ul id="items"><li>loading</li></ul>
<script>
  // The same origin: no CORS, no port in the page.
  fetch('/api/items').then((answer) => answer.json()).then(({ items }) => {
    document.querySelector('#items').innerHTML = items.map((item) => '<li>' + item + '</li>').join('');
  });
</script>
`;

const web = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(page);
});

const api = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ path: request.url, items: ['apples', 'pears', 'plums'] }) + '\n');
});

web.listen(Number(process.env.WEB_PORT ?? 5173), '127.0.0.1', () => console.log(`web on ${web.address().port}`));
api.listen(Number(process.env.API_PORT ?? 8080), '127.0.0.1', () => console.log(`api on ${api.address().port}`));
