
'use strict';
(() => {
  const EVERY = 5000;  // ms between two refreshes
  const search = document.getElementById('search');
  const live = document.getElementById('live');
  const opened = new Set();  // details that the search opened

  // Makes `old` like `made` with as few changes as possible, so that focus,
  // selection and scroll position stay. What the reader set is kept: which
  // details are open, and what the search hides.
  function morph(old, made) {
    for (const {name, value} of [...made.attributes]) {
      if (name !== 'open' && old.getAttribute(name) !== value) {
        old.setAttribute(name, value);
      }
    }
    for (const {name} of [...old.attributes]) {
      if (name !== 'open' && name !== 'hidden' && !made.hasAttribute(name)) {
        old.removeAttribute(name);
      }
    }
    const nodes = [...made.childNodes];
    nodes.forEach((node, at) => {
      const before = old.childNodes[at];
      if (!before) {
        old.append(node);
      } else if (before.nodeName !== node.nodeName || before.id !== node.id) {
        before.replaceWith(node);
      } else if (node.nodeType === Node.ELEMENT_NODE) {
        morph(before, node);
      } else if (before.data !== node.data) {
        before.data = node.data;
      }
    });
    while (old.childNodes.length > nodes.length) old.lastChild.remove();
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase().split(/\s+/);
    const all = wanted[0] === '';
    const holds = (text) => wanted.every((word) => text.includes(word));
    for (const collector of document.querySelectorAll('.collector')) {
      const name = collector.querySelector('h3').textContent.toLowerCase();
      let found = all || holds(name);
      for (const family of collector.querySelectorAll('tbody')) {
        const text = name + ' ' + family.textContent.toLowerCase();
        family.hidden = !all && !holds(text);
        found ||= !family.hidden;
      }
      collector.hidden = !found;
      if (all) {
        if (opened.delete(collector)) collector.open = false;
      } else if (found && collector.open === false) {
        opened.add(collector);
        collector.open = true;
      }
    }
    for (const section of document.querySelectorAll('main > section')) {
      const held = section.querySelectorAll('.collector');
      section.hidden = held.length > 0 && [...held].every((one) => one.hidden);
    }
  }

  function say(text, lost) {
    if (live.textContent !== text) live.textContent = text;
    live.classList.toggle('lost', lost);
  }

  async function refresh() {
    if (document.hidden) return;
    try {
      const reply = await fetch('?part', {
        cache: 'no-store', signal: AbortSignal.timeout(2 * EVERY)});
      if (!reply.ok) throw new Error(reply.status);
      const made = new DOMParser().parseFromString(await reply.text(), 'text/html');
      for (const id of ['pages', 'main']) {
        morph(document.getElementById(id), made.getElementById(id));
      }
      if (search.value) filter();
      say('live', false);
    } catch {
      say('exporter does not answer', true);
    }
    document.dispatchEvent(new Event('refreshed'));
  }

  async function run() {
    await refresh();
    setTimeout(run, EVERY);
  }

  document.getElementById('tools').hidden = false;
  say('live', false);
  search.addEventListener('input', filter);
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    search.value = '';
    filter();
  });
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, textarea, select');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    search.focus();
  });
  document.addEventListener('visibilitychange', refresh);
  if (search.value) filter();
  setTimeout(run, EVERY);
})();
