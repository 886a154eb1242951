(() => {
  'use strict';
  const heard = document.getElementById('heard');
  const say = document.getElementById('say');
  const ticks = document.getElementById('ticks');
  let socket;

  function connect() {
    socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/echo');
    socket.onopen = () => { heard.textContent = 'Connected. What you send comes back.'; };
    socket.onmessage = (message) => { heard.textContent = 'echo: ' + message.data; };
    socket.onclose = () => { heard.textContent = 'Closed; trying again…'; setTimeout(connect, 1000); };
  }

  document.getElementById('echo').addEventListener('submit', (event) => {
    event.preventDefault();
    if (socket.readyState === WebSocket.OPEN) socket.send(say.value);
  });

  const events = new EventSource('/events');
  events.onmessage = (event) => {
    const tick = JSON.parse(event.data);
    ticks.textContent = 'tick ' + tick.tick + ' at ' + new Date(tick.time).toLocaleTimeString();
  };
  events.onerror = () => { ticks.textContent = 'Closed; trying again…'; };
  connect();
})();
