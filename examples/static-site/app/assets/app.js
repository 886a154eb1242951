const main = document.querySelector('main');

function show() {
  main.textContent = `This is ${location.pathname}`;
}

document.querySelector('nav').addEventListener('click', (event) => {
  if (event.target.matches('a')) {
    event.preventDefault();
    history.pushState(null, '', event.target.href);
    show();
  }
});
addEventListener('popstate', show);
show();
