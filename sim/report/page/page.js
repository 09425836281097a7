// What every page of sptc can use: elements, words that explain themselves, charts, tables. No network, no globals but `sptc`.
const sptc = (() => {
  'use strict';

  // Okabe and Ito (2008): eight colours that colour-blind readers can tell apart.
  const palette = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00', '#000000', '#F0E442'];

  /** element('td', {class: 'number'}, 'text' or elements...) */
  function element(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
      else if (value !== undefined && value !== false) node.setAttribute(key, value === true ? '' : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  /** Three significant digits and a thin space between thousands; whole numbers whole. */
  function shown(value) {
    if (value === null || value === undefined || value === '') return '';
    if (typeof value !== 'number') return String(value);
    if (Number.isInteger(value)) return value.toLocaleString('en').replaceAll(',', '\u2009');
    const size = Math.abs(value);
    if (size >= 1e6 || size < 1e-3) return value.toExponential(2);
    return size >= 1000 ? shown(Math.round(value)) : String(Number(value.toPrecision(3)));
  }

  function term(word, meaning) {
    return element('span', {class: 'term', tabindex: 0, 'data-tip': meaning}, word);
  }

  // One box for every [data-tip], beside the pointer or the focused word.
  function watchTips() {
    const box = document.body.appendChild(element('div', {id: 'tip', role: 'tooltip'}));
    const show = (event) => {
      const word = event.target.closest?.('[data-tip]');
      if (!word) return hide();
      box.textContent = word.dataset.tip;
      box.style.display = 'block';
      const place = word.getBoundingClientRect(), size = box.getBoundingClientRect();
      box.style.left = Math.max(8, Math.min(place.left, innerWidth - size.width - 8)) + 'px';
      const below = place.bottom + 6;
      box.style.top = (below + size.height > innerHeight ? place.top - size.height - 6 : below) + 'px';
    };
    const hide = () => { box.style.display = 'none'; };
    for (const event of ['mouseover', 'focusin']) document.addEventListener(event, show);
    document.addEventListener('focusout', hide);
    document.addEventListener('scroll', hide, true);
  }

  const look = {
    font: 'system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
    background: null,
    view: {stroke: null},
    axis: {labelFontSize: 12, titleFontSize: 12.5, titleFontWeight: 500, labelColor: '#3a4554', titleColor: '#3a4554', gridColor: '#e8ecf1',
      domainColor: '#9aa5b3', tickColor: '#9aa5b3', titlePadding: 8, labelLimit: 320},
    legend: {labelFontSize: 12, titleFontSize: 12.5, titleFontWeight: 500, labelLimit: 260, symbolSize: 110},
    header: {labelFontSize: 12.5, titleFontSize: 12.5},
    range: {category: palette},
  };

  /** Draws a Vega-Lite specification into an element. `chosen` gets the datum of a clicked mark. */
  async function chart(target, specification, chosen) {
    const {view} = await vegaEmbed(target, {$schema: 'https://vega.github.io/schema/vega-lite/v5.json', config: look, ...specification},
      {actions: {export: true, source: false, compiled: false, editor: false}, renderer: 'svg', tooltip: {theme: 'light'}});
    if (chosen) view.addEventListener('click', (event, item) => { if (item?.datum) chosen(item.datum); });
    return view;
  }

  /** "abc": contains it; ">5", "<=2.5", "=3": compares. */
  function matcher(text) {
    const wanted = text.trim().toLowerCase();
    const found = /^(<=|>=|<|>|=)\s*(.+)$/.exec(wanted);
    if (!found) return (value) => String(value ?? '').toLowerCase().includes(wanted);
    const number = Number(found[2]);
    const compare = {'<': (a) => a < number, '<=': (a) => a <= number, '>': (a) => a > number, '>=': (a) => a >= number, '=': (a) => a === number}[found[1]];
    if (Number.isNaN(number)) return (value) => found[1] === '=' && String(value).toLowerCase() === found[2];
    return (value) => value !== null && value !== undefined && value !== '' && compare(Number(value));
  }

  /** A table that sorts by a click on a heading and filters by what is typed below it.
      columns: {name, label, unit, note}; rows: objects. Returns {update(rows), shown()}. */
  function table(target, columns, {chosen, rowClass, onFilter} = {}) {
    const kMostRows = 500;
    let rows = [], order = {column: null, direction: 1}, visible = [];
    const filters = new Map();
    const body = element('tbody');
    const more = element('p', {class: 'note', hidden: true});
    const heads = columns.map((column) => {
      const button = element('button', {type: 'button', 'data-tip': column.note + ' Click to sort.', onclick: () => {
        order = {column, direction: order.column === column ? -order.direction : 1};
        draw();
      }}, column.label);
      const input = element('input', {type: 'text', 'aria-label': 'Filter ' + column.label, placeholder: 'filter', oninput: () => {
        if (input.value.trim()) filters.set(column.name, matcher(input.value)); else filters.delete(column.name);
        draw();
        onFilter?.();
      }});
      return element('th', {scope: 'col', 'data-column': column.name}, button, element('small', {}, column.unit || '\u00a0'), input);
    });
    target.replaceChildren(element('div', {class: 'scroll'}, element('table', {class: 'data'}, element('thead', {}, element('tr', {}, ...heads)), body)), more);

    function compare(a, b) {
      const x = a[order.column.name], y = b[order.column.name];
      if (x === y) return 0;
      if (x === null || x === undefined) return 1;  // what is missing comes last, up and down
      if (y === null || y === undefined) return -1;
      return order.direction * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en', {numeric: true}));
    }
    function draw() {
      visible = rows.filter((row) => [...filters].every(([name, accepts]) => accepts(row[name])));
      if (order.column) visible = [...visible].sort(compare);
      heads.forEach((head, i) => head.setAttribute('aria-sort', columns[i] !== order.column ? 'none' : order.direction > 0 ? 'ascending' : 'descending'));
      heads.forEach((head, i) => { head.querySelector('button').textContent = columns[i].label + (columns[i] !== order.column ? '' : order.direction > 0 ? ' \u25b2' : ' \u25bc'); });
      body.replaceChildren(...visible.slice(0, kMostRows).map((row) => {
        const line = element('tr', {class: rowClass?.(row), tabindex: 0, onclick: () => pick(row, line), onkeydown: (event) => { if (event.key === 'Enter') pick(row, line); }},
          ...columns.map(({name}) => element('td', {class: typeof row[name] === 'number' && 'number'}, shown(row[name]))));
        return line;
      }));
      more.hidden = visible.length <= kMostRows;
      more.textContent = `The first ${kMostRows} of ${visible.length} rows; filters narrow them down.`;
    }
    function pick(row, line) {
      for (const old of body.querySelectorAll('.chosen')) old.classList.remove('chosen');
      line.classList.add('chosen');
      chosen?.(row);
    }
    return {update(next) { rows = next; draw(); }, shown: () => visible};
  }

  /** The JSON that the page carries. */
  function data() { return JSON.parse(document.getElementById('data').textContent); }

  document.addEventListener('DOMContentLoaded', watchTips);
  return {palette, element, shown, term, chart, table, data};
})();
