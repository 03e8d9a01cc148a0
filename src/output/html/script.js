'use strict';
(() => {
  const form = document.getElementById('filter');
  const list = document.querySelector('.findings');
  if (!form || !list) return;
  const byId = (id) => document.getElementById(id);
  const [words, severity, result, policy, order] =
    ['by-text', 'by-severity', 'by-result', 'by-policy', 'order'].map(byId);
  const shown = byId('shown');
  const all = Array.from(list.children, (element, index) => ({
    element, index,
    severity: Number(element.dataset.severity),
    result: element.dataset.result,
    policy: Number(element.dataset.policy),
    text: null,
  }));
  const ranks = { deny: 4, alert: 3, inconclusive: 2, known: 1, waived: 0, tolerated: 0 };
  const orders = {
    '': (one, other) => one.index - other.index,
    severity: (one, other) => ranks[other.result] - ranks[one.result] ||
      other.severity - one.severity || one.index - other.index,
    policy: (one, other) => one.policy - other.policy || one.index - other.index,
  };
  let ordered = '';

  const sort = () => {
    if (order.value === ordered) return;
    ordered = order.value;
    const sorted = document.createDocumentFragment();
    for (const finding of all.slice().sort(orders[ordered])) sorted.append(finding.element);
    list.append(sorted);
  };

  const filter = () => {
    const parts = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const finding of all) {
      if (parts.length && finding.text === null) finding.text = finding.element.textContent.toLowerCase();
      const isShown = (severity.value === '' || finding.severity >= Number(severity.value)) &&
        (result.value === '' || finding.result === result.value) &&
        (policy.value === '' || finding.policy === Number(policy.value)) &&
        parts.every((part) => finding.text.includes(part));
      finding.element.hidden = !isShown;
      if (isShown) count += 1;
    }
    shown.textContent = count === all.length
      ? `${count} finding${count === 1 ? '' : 's'}`
      : `${count} of ${all.length} findings, the others are filtered out`;
  };

  const update = () => { sort(); filter(); };
  const fold = (isOpen) => {
    for (const { element } of all) {
      if (!element.hidden) element.firstElementChild.open = isOpen;
    }
  };
  let waiting = 0;
  words.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, 120);
  });
  form.addEventListener('change', update);
  form.addEventListener('reset', () => setTimeout(update));
  form.addEventListener('submit', (event) => event.preventDefault());
  byId('unfold').addEventListener('click', () => fold(true));
  byId('fold').addEventListener('click', () => fold(false));
  form.hidden = false;
  // A browser may have kept what was chosen before the page was loaded again.
  update();
})();
(() => {
  // A link to what is folded in unfolds it.
  const unfold = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target && (target.closest('details') || target.querySelector('details'));
    if (details) details.open = true;
  };
  addEventListener('hashchange', unfold);
  unfold();

  // Paper unfolds nothing: it gets everything, and the page is put back afterwards.
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = Array.from(document.querySelectorAll('details:not([open])'));
    for (const details of folded) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of folded) details.open = false;
    folded = [];
  });
})();
