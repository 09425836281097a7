// The report of sweeps: charts, filters, table and the configuration behind each point.
document.addEventListener('DOMContentLoaded', () => {
  'use strict';
  const {element, shown, term, chart, table, palette} = sptc;
  const report = sptc.data();
  const figure = Object.fromEntries(report.columns.map((column) => [column.name, column]));
  const labelOf = (name) => name.startsWith('/') ? name.split('/').pop().replaceAll('~1', '/') : name;

  // ---- points: flat, with what charts group by ----
  const points = report.points.map((point, index) => ({...point.parameters, ...point.figures, sweep: point.sweep, status: point.status, error: point.error, index,
    shape: `${point.parameters.m} \u00d7 ${point.parameters.n} \u00d7 ${point.parameters.k}`,
    work: point.parameters.m * point.parameters.n * point.parameters.k}));
  const names = [...new Set(report.points.flatMap((point) => Object.keys(point.parameters)))];
  const values = (name) => [...new Set(points.map((point) => point[name]))].sort((a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', {numeric: true}));
  const first = ['m', 'n', 'k', 'pattern'];
  const varying = [...first, ...names.filter((name) => !first.includes(name))].filter((name) => values(name).length > 1);
  const designNames = varying.filter((name) => ![...first, 'seed', 'workload', 'layer', 'count', 'prunable'].includes(name));
  for (const point of points) {
    point.design = designNames.map((name) => `${labelOf(name)} ${point[name] ?? '\u2013'}`).join(', ') || 'as described';
  }
  const shapes = [...new Map([...points].sort((a, b) => a.work - b.work).map((point) => [point.shape, point.work])).keys()];
  const patterns = values('pattern').sort((a, b) => (b === 'dense') - (a === 'dense') || String(a).localeCompare(b, 'en', {numeric: true}));
  const patternColours = {domain: patterns, range: patterns.map((_, i) => palette[i % palette.length])};
  const done = () => visible.filter((point) => point.status === 'done');

  // ---- the page ----
  const main = document.querySelector('main');
  const card = (id, title, words, ...more) => element('section', {class: 'card', id}, element('h2', {}, title), element('p', {}, ...words), ...more, element('div', {class: 'chart'}));
  const select = (label, options, change, initial) => {
    const box = element('select', {onchange: () => change(box.value)}, ...options.map(([value, text]) => element('option', {value}, text)));
    if (initial !== undefined) box.value = initial;
    return element('label', {class: 'pick inline'}, label, box);
  };
  const speedupTerm = term('Speedup', figure.speedup.note + '. Above 1 the sparse kernel is faster.');
  const attainableTerm = term('attainable', 'The roofline: the lower of what the multipliers can do at most and of intensity \u00d7 bandwidth.');
  const intensityTerm = term('intensity', 'Useful work per byte moved: 2 M N K over the bytes that the memory moved. Products that sparsity skips count as done.');
  const frontTerm = term('Pareto front', 'The points that no other point beats in both figures at once.');

  const tiles = element('div', {class: 'tiles'});
  const bar = element('div', {class: 'bar', id: 'filters'});
  let memory = 'hbm', paretoShape = shapes.at(-1), stallShape = shapes.at(-1);
  const costs = ['time_us', 'cycles', 'energy_uj', 'tensor_core_area_mm2', 'energy_delay_uj_us', 'hbm_bytes', 'l2_bytes', 'shared_bytes', 'executed_macs'].filter((name) => points.some((point) => point[name] !== null && point[name] !== undefined));
  const hasCost = costs.includes('energy_uj') || costs.includes('tensor_core_area_mm2');
  const costWords = {time_us: 'time', cycles: 'cycles', energy_uj: 'energy', tensor_core_area_mm2: 'area of the tensor cores', energy_delay_uj_us: 'energy-delay product', hbm_bytes: 'HBM traffic',
    l2_bytes: 'L2 traffic', shared_bytes: 'shared-memory traffic', executed_macs: 'multiplications made'};
  const counted = (name) => `${costWords[name]} (${figure[name].unit})`;
  let xCost = hasCost ? (costs.includes('tensor_core_area_mm2') ? 'tensor_core_area_mm2' : 'energy_uj') : costs.find((name) => !['time_us', 'cycles'].includes(name)), yCost = costs[0];
  const costOptions = costs.map((name) => [name, counted(name)]);

  main.append(tiles, bar,
    card('speedup', 'Speedup by pattern and shape', [speedupTerm, ' over the dense kernel of the same shape on the same hardware: bars are the median of the designs shown, lines reach from the slowest to the fastest.']),
    element('div', {class: 'pair'},
      card('roofline', 'Roofline', ['Achieved throughput over ', intensityTerm, '; lines are what is ', attainableTerm, '. Click a point for its configuration.'],
        element('div', {class: 'controls'}, select('Memory', [['hbm', 'HBM'], ['l2', 'L2']], (value) => { memory = value; drawRoofline(); }))),
      card('pareto', 'Pareto front', [frontTerm, ' of two figures, both better when lower, for one shape.'],
        element('div', {class: 'controls'},
          select('Shape', shapes.map((shape) => [shape, shape]), (value) => { paretoShape = value; drawPareto(); }, paretoShape),
          select('Across', costOptions, (value) => { xCost = value; drawPareto(); }, xCost),
          select('Up', costOptions, (value) => { yCost = value; drawPareto(); }, yCost)),
        hasCost ? null : element('div', {class: 'note', id: 'no-cost'}, 'These results carry no energy and no area (no cost model was run): traffic and work are there instead.'))),
    card('stalls', 'Where the cycles go', [term('Sub-core cycles', 'Each cycle of each sub-core (a quarter of an SM with its own tensor core) is in exactly one of these: it issued an instruction, or nothing could issue for the named reason.'),
      ' of each design by what the sub-core did; cycles without a resident warp are counted too.'],
      element('div', {class: 'controls'}, select('Shape', shapes.map((shape) => [shape, shape]), (value) => { stallShape = value; drawStalls(); }, stallShape))),
    element('section', {class: 'card', id: 'points'}, element('h2', {}, 'Points'),
      element('p', {}, 'Click a heading to sort, a row for everything about the point. Filters: words, or comparisons such as >1.5.'), element('div', {id: 'table'})));
  const target = (id) => document.querySelector(`#${id} .chart`);
  const wide = (id) => Math.max(280, target(id).clientWidth - 24);

  // ---- filters ----
  const chosen = new Map();
  let visible = points;
  const count = element('span', {class: 'count', id: 'count'});
  const filtered = ['status', ...varying].filter((name) => values(name).length > 1 && values(name).length <= 60);
  const boxes = filtered.map((name) => {
    const box = element('select', {name, onchange: () => { if (box.value === '') chosen.delete(name); else chosen.set(name, box.value); apply(); }},
      element('option', {value: ''}, 'all'), ...values(name).map((value) => element('option', {value: String(value)}, shown(value))));
    return element('label', {class: 'pick', 'data-tip': name.startsWith('/') ? `${name} of the GPU's description` : report.parameters[name] ?? name}, labelOf(name), box);
  });
  bar.append(...boxes, element('button', {type: 'button', id: 'reset', onclick: () => { chosen.clear(); for (const box of bar.querySelectorAll('select')) box.value = ''; apply(); }}, 'Show all'), count);

  function apply() {
    visible = points.filter((point) => [...chosen].every(([name, value]) => String(point[name]) === value));
    count.textContent = `${visible.length} of ${points.length} points`;
    rows.update(visible);
    drawTiles(); drawSpeedup(); drawRoofline(); drawPareto(); drawStalls();
  }

  function drawTiles() {
    const finished = done();
    const median = (list) => list.length === 0 ? null : [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
    const best = finished.filter((point) => point.pattern !== 'dense' && point.speedup).sort((a, b) => b.speedup - a.speedup)[0];
    const attained = median(finished.filter((point) => point.attainable_tflops).map((point) => 100 * point.tflops / point.attainable_tflops));
    const fastest = Math.max(...finished.map((point) => point.tflops ?? 0));
    const tile = (value, words) => element('div', {class: 'tile'}, element('b', {}, value), element('span', {}, words));
    tiles.replaceChildren(
      tile(shown(finished.length), 'points computed'),
      tile(shown(visible.length - finished.length), 'points failed'),
      tile(best ? shown(best.speedup) + ' \u00d7' : '\u2013', best ? `best speedup: ${best.pattern}, ${best.shape}` : 'best speedup: no sparse point with its dense twin'),
      tile(fastest > 0 ? shown(fastest) : '\u2013', 'TFLOPS at most'),
      tile(attained === null ? '\u2013' : shown(attained) + ' %', 'of attainable throughput (median)'));
  }

  const nothing = (id, words) => target(id).replaceChildren(element('p', {class: 'note'}, words));
  const tip = (...fields) => fields.map(([field, title, format]) => ({field, title, ...(format ? {format} : {})}));
  const pointTip = [['shape', 'shape M\u00d7N\u00d7K'], ['pattern', 'pattern'], ['design', 'design'], ['time_us', 'time (us)', '.4~g'], ['tflops', 'TFLOPS', '.4~g']];

  function drawSpeedup() {
    const data = done().filter((point) => point.pattern !== 'dense' && point.speedup);
    if (data.length === 0) return nothing('speedup', 'No sparse point here has a dense twin: put "dense" into the patterns of the sweep, or baseline "dense".');
    const order = shapes.filter((shape) => data.some((point) => point.shape === shape));
    const several = new Set(data.map((point) => point.pattern)).size;
    const room = wide('speedup') - 170, width = Math.max(room, 30 * order.length * several);
    const slanted = width / order.length < 7.2 * Math.max(...order.map((shape) => shape.length));
    const x = {field: 'shape', type: 'nominal', sort: order, title: 'shape M \u00d7 N \u00d7 K (by work)', scale: {paddingInner: .35, paddingOuter: .2}, axis: {labelAngle: slanted ? -35 : 0, labelLimit: 400, labelOverlap: false}};
    const offset = several > 1 ? {xOffset: {field: 'pattern', sort: patterns}} : {};
    chart(target('speedup'), {data: {values: data}, width, height: 270, layer: [
      {mark: {type: 'bar', cornerRadiusEnd: 2}, encoding: {x, ...offset, y: {aggregate: 'median', field: 'speedup', stack: null, title: 'speedup over dense (\u00d7)'},
        color: {field: 'pattern', scale: patternColours, title: 'pattern', legend: {values: patterns.filter((name) => name !== 'dense')}},
        tooltip: [{field: 'shape', title: 'shape M\u00d7N\u00d7K'}, {field: 'pattern', title: 'pattern'}, {aggregate: 'median', field: 'speedup', title: 'median speedup', format: '.3f'},
          {aggregate: 'min', field: 'speedup', title: 'slowest design', format: '.3f'}, {aggregate: 'max', field: 'speedup', title: 'fastest design', format: '.3f'}, {aggregate: 'count', title: 'designs'}]}},
      {mark: {type: 'rule', strokeWidth: 1.5, color: '#1c2430'}, encoding: {x, ...offset, y: {aggregate: 'min', field: 'speedup'}, y2: {aggregate: 'max', field: 'speedup'}}},
      {mark: {type: 'rule', strokeDash: [4, 3], color: '#5b6675'}, encoding: {y: {datum: 1}}}]});
  }

  function drawRoofline() {
    const flop = memory === 'hbm' ? 'hbm_flop_per_byte' : 'l2_flop_per_byte';
    const bandwidth = memory === 'hbm' ? 'hbm_gigabytes_per_second' : 'l2_gigabytes_per_second';
    const data = done().map((point) => ({...point, x: point[flop], peak: point.peak_tflops, bandwidth: point[bandwidth]})).filter((point) => point.x > 0);
    if (data.length === 0) return nothing('roofline', 'No point here moved bytes of this memory.');
    const xs = data.map((point) => point.x), low = Math.min(...xs) / 2, high = Math.max(...xs) * 2;
    const roofs = [...new Map(data.map((point) => [`${point.peak} ${point.bandwidth}`, point])).values()];
    const lines = roofs.flatMap(({peak, bandwidth: rate}, roof) => {
      const ridge = peak * 1e3 / rate;
      return [low, ...(ridge > low && ridge < high ? [ridge] : []), high].map((x) => ({roof, x, y: Math.min(peak, x * rate * 1e-3), peak, rate}));
    });
    const x = {field: 'x', type: 'quantitative', scale: {type: 'log', domain: [low, high], nice: false}, title: `intensity (FLOP per byte of ${memory === 'hbm' ? 'HBM' : 'L2'} traffic)`, axis: {format: '~s', tickCount: 6}};
    chart(target('roofline'), {width: wide('roofline') - 70, height: 300, layer: [
      {data: {values: lines}, mark: {type: 'line', color: '#5b6675', strokeWidth: 1.8, clip: true}, encoding: {x, y: {field: 'y', type: 'quantitative', scale: {type: 'log', nice: false, padding: 12}, title: 'throughput (TFLOPS)', axis: {format: '~s', tickCount: 6}}, detail: {field: 'roof'},
        tooltip: tip(['peak', 'peak (TFLOPS)', '.4~g'], ['rate', 'bandwidth (GB/s)', '.4~g'])}},
      {data: {values: data}, mark: {type: 'point', filled: true, opacity: .8, size: 60, cursor: 'pointer'}, encoding: {x, y: {field: 'tflops', type: 'quantitative'},
        color: {field: 'pattern', scale: patternColours, legend: {orient: 'top', title: null}}, shape: {field: 'pattern', scale: {domain: patterns}, legend: {orient: 'top', title: null}},
        tooltip: tip(...pointTip, ['bound_by', 'bound by'], ['attainable_tflops', 'which allows (TFLOPS)', '.4~g'])}}]}, (datum) => { if (datum.index !== undefined) open(datum.index); });
  }

  function drawPareto() {
    const data = done().filter((point) => point.shape === paretoShape && point[xCost] !== null && point[yCost] !== null).map((point) => ({...point, x: point[xCost], y: point[yCost]}));
    if (data.length === 0) return nothing('pareto', 'No point of this shape is shown.');
    let lowest = Infinity;
    const front = [...data].sort((a, b) => a.x - b.x || a.y - b.y).filter((point) => point.y < lowest && ((lowest = point.y), true));
    for (const point of data) point.front = front.includes(point) ? 'on the front' : 'beaten';
    const x = {field: 'x', type: 'quantitative', scale: {zero: false, padding: 14}, title: counted(xCost), axis: {format: '~s', tickCount: 6}};
    const y = {field: 'y', type: 'quantitative', scale: {zero: false, padding: 14}, title: counted(yCost), axis: {format: '~s', tickCount: 6}};
    chart(target('pareto'), {width: wide('pareto') - 70, height: 300, layer: [
      {data: {values: front}, mark: {type: 'line', interpolate: 'step-after', color: '#5b6675', strokeWidth: 1.6}, encoding: {x, y, order: {field: 'x'}}},
      {data: {values: data}, mark: {type: 'point', filled: true, cursor: 'pointer'}, encoding: {x, y, color: {field: 'pattern', scale: patternColours, legend: {orient: 'top', title: null}},
        shape: {field: 'pattern', scale: {domain: patterns}, legend: {orient: 'top', title: null}}, size: {condition: {test: "datum.front == 'on the front'", value: 130}, value: 45},
        opacity: {condition: {test: "datum.front == 'on the front'", value: 1}, value: .45}, tooltip: tip(...pointTip, ...(xCost === 'time_us' ? [] : [['x', counted(xCost), '.4~s']]), ['front', 'Pareto'])}}]}, (datum) => { if (datum.index !== undefined) open(datum.index); });
  }

  // Groups of reasons share a hue, so that thirteen of them can be told apart: lighter and darker within a group.
  const activities = {issued: ['#009E73', 'an instruction issued'],
    tensor_busy: ['#0072B2', 'an mma was ready, the tensor core still ran passes'], tensor_dependency: ['#66AAD7', 'waited for the result of an mma'],
    pipeline_busy: ['#7B5A00', 'an instruction was ready, its pipeline was occupied'], fixed_dependency: ['#B8860B', 'waited for a fixed-latency result'], operand_read: ['#E3B94F', 'waited until an earlier memory instruction had read its register'], control: ['#F5E3B3', 'waited for a branch or a warp synchronisation'],
    memory_queue_full: ['#8C2D04', 'a memory instruction was ready, the queue was full'], shared_dependency: ['#D55E00', 'waited for shared memory'], global_dependency: ['#F28E4B', 'waited for L2 or HBM'], async_wait: ['#FBC9A4', 'waited at cp.async.wait_group'],
    barrier: ['#CC79A7', 'waited at bar.sync'],
    array_busy: ['#009E73', 'the multipliers of a variant worked'], operands: ['#D55E00', 'the multipliers waited for operands'], first_operands: ['#FBC9A4', 'before the first operands'], results_out: ['#CC79A7', 'after the last: results on their way out'],
    no_warp: ['#D5D9DF', 'no warp was resident']};

  function drawStalls() {
    const data = done().filter((point) => point.shape === stallShape);
    if (data.length === 0) return nothing('stalls', 'No point of this shape is shown.');
    const kMostBars = 40;
    const timeOf = (point) => point.time_us ?? point.cycles;  // machines of variants have no clock
    const bars = [...data].sort((a, b) => timeOf(a) - timeOf(b)).slice(0, kMostBars);
    const known = Object.keys(activities);
    const rowsOf = bars.flatMap((point) => {
      const stalls = report.points[point.index].result.stalls;
      const all = Object.values(stalls).reduce((sum, cycles) => sum + cycles, 0);
      return Object.entries(stalls).filter(([, cycles]) => cycles > 0).map(([name, cycles]) => ({name, cycles, share: cycles / all, rank: known.indexOf(name), meaning: activities[name]?.[1],
        index: point.index, bar: `${point.pattern}, ${point.design}`, time_us: point.time_us, order: timeOf(point)}));
    });
    const named = [...new Set(rowsOf.map((row) => row.name))].sort((a, b) => known.indexOf(a) - known.indexOf(b));
    chart(target('stalls'), {data: {values: rowsOf}, width: Math.max(320, wide('stalls') - 170 - Math.min(460, 7 * Math.max(...rowsOf.map((row) => row.bar.length)))), height: {step: 21},
      mark: {type: 'bar', stroke: '#fff', strokeWidth: .7, cursor: 'pointer'},
      encoding: {y: {field: 'bar', type: 'nominal', sort: {field: 'order', op: 'min'}, title: null, axis: {labelLimit: 460}}, x: {field: 'share', type: 'quantitative', stack: 'zero', scale: {domain: [0, 1]}, title: 'share of sub-core cycles', axis: {format: '%', tickCount: 10}},
        color: {field: 'name', scale: {domain: named, range: named.map((name) => activities[name]?.[0] ?? '#888')}, title: null, legend: {symbolType: 'square'}}, order: {field: 'rank'},
        tooltip: tip(['bar', 'design'], ['name', 'activity'], ['meaning', 'meaning'], ['share', 'share', '.1%'], ['cycles', 'cycles', ','], ['time_us', 'time of the kernel (us)', '.4~g'])}}, (datum) => open(datum.index));
    if (data.length > kMostBars) target('stalls').append(element('p', {class: 'note'}, `The ${kMostBars} fastest of ${data.length} designs; filters above choose others.`));
  }

  // ---- the point behind a mark or a row ----
  const details = document.body.appendChild(element('aside', {id: 'details', 'aria-label': 'Configuration of a point'}));
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') details.classList.remove('open'); });
  function list(pairs) {
    return element('dl', {}, ...pairs.flatMap(([name, value, set]) => [element('dt', {}, name), element('dd', {class: set && 'set'}, shown(value))]));
  }
  function open(index) {
    const point = report.points[index], gpu = report.gpus[point.gpu_hash];
    const parameters = Object.entries(point.parameters);
    details.replaceChildren(
      element('button', {class: 'close', type: 'button', onclick: () => details.classList.remove('open')}, 'Close'),
      element('h2', {}, `${points[index].shape}, ${point.parameters.pattern}`),
      ...(point.error ? [element('p', {class: 'note'}, point.error)] : []),
      element('h3', {}, 'Configuration'),
      list(parameters.map(([name, value]) => [name, value, varying.includes(name)])),
      element('h3', {}, 'Result'),
      list(report.columns.map(({name, unit}) => [name + (unit ? ` (${unit})` : ''), point.figures[name]]).filter(([, value]) => value !== null && value !== undefined)),
      element('h3', {}, `GPU: ${gpu.name}`),
      element('p', {class: 'note'}, 'As described, before the numbers above that begin with / replace its own.'),
      element('details', {}, element('summary', {}, 'description'), element('pre', {}, JSON.stringify(gpu.description, null, 1))),
      ...(point.result ? [element('details', {}, element('summary', {}, 'whole result'), element('pre', {}, JSON.stringify(point.result, null, 1)))] : []),
      element('h3', {}, 'Identity'),
      list([['sweep', point.sweep], ['ordinal', point.ordinal], ['version', point.version], ['seed', point.parameters.seed], ['hash', point.hash]]));
    details.classList.add('open');
    details.scrollTop = 0;
  }

  // ---- the table ----
  const figureColumns = report.columns.filter(({name}) => points.some((point) => point[name] !== null && point[name] !== undefined));
  const parameterColumns = ['m', 'n', 'k', ...varying.filter((name) => !['m', 'n', 'k'].includes(name))].map((name) => ({name, label: labelOf(name), unit: '', note: name.startsWith('/') ? `${name} of the GPU's description.` : `${report.parameters[name] ?? name}.`}));
  const columns = [...parameterColumns, ...figureColumns.map(({name, unit, note}) => ({name, label: name.replaceAll('_', ' '), unit, note: note + '.'})),
    ...(points.some((point) => point.status === 'failed') ? [{name: 'status', label: 'status', unit: '', note: 'done or failed.'}, {name: 'error', label: 'error', unit: '', note: 'Why the point failed.'}] : [])];
  const rows = table(document.getElementById('table'), columns, {chosen: (row) => open(row.index), rowClass: (row) => row.status === 'failed' ? 'failed' : false});

  apply();
  let resized;
  addEventListener('resize', () => { clearTimeout(resized); resized = setTimeout(() => { drawSpeedup(); drawRoofline(); drawPareto(); drawStalls(); }, 200); });
});
