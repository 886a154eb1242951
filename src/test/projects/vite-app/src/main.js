import { greeting } from './greeting.js'

const show = (text) => {
  document.getElementById('greeting').textContent = text
}
show(greeting)

if (import.meta.hot) {
  import.meta.hot.accept('./greeting.js', (module) => show(module.greeting))
}
