(() => {
  'use strict';
  const waiting = new Set(['starting', 'connection-refused', 'no-socket']);
  const since = document.getElementById('since');
  const began = Date.now();
  let timer = 0;
  let asking = false;

  async function ask() {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    try {
      // A redirect is an answer too: it is left to the reload to follow it.
      const answer = await fetch(location.href, {
        method: 'HEAD', headers: {Accept: 'text/html'}, cache: 'no-store', redirect: 'manual',
      });
      if (!waiting.has(answer.headers.get('X-Loopgate-Error'))) {
        location.reload();
        return;
      }
    } catch {
      // The gateway itself is away for a moment: ask again.
    }
    asking = false;
    const seconds = Math.round((Date.now() - began) / 1000);
    if (seconds > 4) {
      since.textContent = ' Waiting for ' + (seconds < 120 ? seconds + ' s' : Math.floor(seconds / 60) + ' min') + '.';
    }
    timer = setTimeout(ask, 1000);
  }

  document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); });
  timer = setTimeout(ask, 1000);
})();
