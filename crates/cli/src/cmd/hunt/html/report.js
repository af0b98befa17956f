"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const LEVELS = ["critical", "high", "medium", "low", "info"];
  const at = (id) => document.getElementById(id);
  // texts of events are only ever set as text, never as markup
  const el = (tag, cls, ...kids) => {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    e.append(...kids.filter((k) => k !== null && k !== undefined));
    return e;
  };
  const svg = (tag, attrs, ...kids) => {
    const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [k, v] of Object.entries(attrs)) e.setAttribute(k, v);
    e.append(...kids);
    return e;
  };
  const number = (n) => Number(n).toLocaleString("en-US", { maximumFractionDigits: 2 });
  const plural = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;
  const pad = (n) => String(n).padStart(2, "0");
  const day = (d) => `${d.getUTCFullYear()}-${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())}`;
  const clock = (d) => `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`;
  const time = (s) => {
    if (typeof s !== "number") return "";
    const d = new Date(s * 1000);
    return Number.isNaN(d.getTime()) ? "" : `${day(d)} ${clock(d)}`;
  };
  const text = (v) => (v === null || v === undefined ? "" : Array.isArray(v) ? v.map(text).join("\n") : typeof v === "object" ? JSON.stringify(v) : String(v));
  const button = (cls, label, act, ...kids) => {
    const b = el("button", cls, ...kids);
    b.type = "button";
    if (label) b.setAttribute("aria-label", label);
    b.addEventListener("click", (e) => { e.preventDefault(); act(); });
    return b;
  };

  const findings = data.findings.map((f, i) => {
    const words = [f.detection, f.type, f.severity, f.input, f.message, f.description, f.file, f.id,
      ...f.techniques.map((t) => `${t.id} ${t.name} ${t.tactics.join(" ")}`), ...f.analytic_story,
      ...f.entities.map((e) => `${e.type}:${e.value} ${e.value}`),
      ...f.events.map((e) => `${e.raw} ${e.source} ${e.host}`), ...f.first_rows.map(text)];
    const times = [f.first_time, f.last_time, ...f.events.map((e) => e.time)].filter((t) => typeof t === "number");
    return { ...f, number: i, words: words.join("\n").toLowerCase(), times: [...new Set(times)] };
  });
  // what is shown: words, a severity, a technique, an entity, a range of time
  const only = { words: "", severity: null, technique: null, entity: null, range: null };
  const matches = (f, but) =>
    (!only.words || only.words.split(/\s+/).every((w) => f.words.includes(w))) &&
    (but === "severity" || !only.severity || f.severity === only.severity) &&
    (!only.technique || f.techniques.some((t) => t.id === only.technique || t.id.startsWith(`${only.technique}.`))) &&
    (!only.entity || f.entities.some((e) => `${e.type}:${e.value}` === only.entity)) &&
    (but === "range" || !only.range || f.times.some((t) => t >= only.range[0] && t < only.range[1]));
  const toggle = (key, value) => { only[key] = only[key] === value ? null : value; draw(); };
  const show = (key, value) => { toggle(key, value); if (only[key]) at("findings").scrollIntoView(); };

  function tiles() {
    at("tiles").replaceChildren(...LEVELS.map((level) => {
      const n = findings.filter((f) => f.severity === level && matches(f, "severity")).length;
      const b = button(`tile ${level}`, null, () => toggle("severity", level), el("b", "", number(n)), level);
      b.setAttribute("aria-pressed", String(only.severity === level));
      b.disabled = n === 0 && only.severity !== level;
      return b;
    }));
  }

  const SPANS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000];
  function timeline(shown) {
    const box = at("timeline");
    const all = findings.flatMap((f) => f.times);
    if (!all.length) return box.replaceChildren(el("p", "empty card", "No finding has a time."));
    const narrow = box.clientWidth > 0 && box.clientWidth < 640;
    const W = narrow ? 400 : 1360, H = narrow ? 150 : 170, left = 34, right = 8, top = 10, bottom = 24;
    const min = all.reduce((a, b) => Math.min(a, b)), max = all.reduce((a, b) => Math.max(a, b));
    const most = narrow ? 30 : 80;
    const span = SPANS.find((s) => (max - min) / s < most - 1) || Math.ceil((max - min) / most / 86400) * 86400;
    const from = Math.floor(min / span) * span, n = Math.max(1, Math.floor((max - from) / span) + 1);
    const buckets = Array.from({ length: n }, () => LEVELS.map(() => []));
    for (const f of shown) {
      for (const b of new Set(f.times.map((t) => Math.floor((t - from) / span)))) buckets[b][LEVELS.indexOf(f.severity)].push(f);
    }
    const high = Math.max(1, ...buckets.map((b) => b.reduce((a, l) => a + l.length, 0)));
    const width = Math.min((W - left - right) / n, 90), y = (v) => H - bottom - (v / high) * (H - top - bottom);
    const root = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "group", "aria-label": `Findings by time, from ${time(min)} to ${time(max)} UTC` });
    for (const v of high > 1 ? [0, Math.ceil(high / 2), high] : [0, high]) {
      root.append(svg("line", { class: "axis", x1: left, x2: W - right, y1: y(v), y2: y(v) }));
      root.append(svg("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end" }, String(v)));
    }
    buckets.forEach((levels, b) => {
      const count = levels.reduce((a, l) => a + l.length, 0);
      if (!count) return;
      const x = left + b * width, start = from + b * span;
      const what = LEVELS.map((l, i) => (levels[i].length ? `${levels[i].length} ${l}` : "")).filter(Boolean).join(", ");
      const label = `${time(start)} UTC: ${plural(count, "finding")} (${what})`;
      const g = svg("g", { class: "bucket", tabindex: "0", role: "button", "aria-label": label }, svg("title", {}, label));
      g.append(svg("rect", { class: "hit", x, y: top, width, height: H - top - bottom }));
      let sum = 0;
      for (let i = LEVELS.length - 1; i >= 0; i -= 1) {
        if (!levels[i].length) continue;
        const low = y(sum);
        sum += levels[i].length;
        g.append(svg("rect", { class: `part ${LEVELS[i]}`, x: x + width * 0.08, width: Math.max(1.5, width * 0.84), y: y(sum), height: Math.max(1, low - y(sum)) }));
      }
      const pick = () => {
        const same = only.range && only.range[0] === start;
        only.range = same ? null : [start, start + span];
        draw();
      };
      g.addEventListener("click", pick);
      g.addEventListener("keydown", (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); pick(); } });
      root.append(g);
    });
    const ticks = narrow ? 2 : 6;
    const used = n * width;
    const count = used < 260 ? 1 : ticks;
    for (let i = 0; i < count; i += 1) {
      const part = count === 1 ? 0 : i / (count - 1);
      const t = from + part * n * span, anchor = i === 0 ? "start" : i === count - 1 ? "end" : "middle";
      const label = span < 43200 ? time(t).slice(0, span < 60 ? 19 : 16) : time(t).slice(0, 10);
      root.append(svg("text", { x: left + part * used, y: H - 7, "text-anchor": anchor }, label));
    }
    const legend = el("ul", "legend", ...LEVELS.map((l) => el("li", l, l)), el("li", "muted", "times are UTC; a bar shows the findings that have an event then"));
    legend.lastChild.className = "muted plain";
    box.replaceChildren(root, legend);
  }

  const entityChip = (e) => button("chip", `Show only findings about ${e.value}`, () => show("entity", `${e.type}:${e.value}`), e.type ? `${e.type}:${e.value}` : e.value);
  const when = (f) => {
    const first = time(f.first_time), last = time(f.last_time);
    return !first ? "" : !last || first === last ? first : `${first} –\n${first.slice(0, 10) === last.slice(0, 10) ? last.slice(11) : last}`;
  };

  function eventBox(e, open) {
    const stamps = [time(e.time), e.sourcetype, e.host].filter(Boolean).join(" · ");
    const box = el("details", "event", el("summary", "", stamps ? `Event ${stamps}` : "Event"), el("pre", "", pretty(e.raw)));
    box.open = open;
    return box;
  }
  const pretty = (raw) => {
    if (/^\s*[{[]/.test(raw)) { try { return JSON.stringify(JSON.parse(raw), null, 2); } catch { /* shown as it is */ } }
    return raw;
  };

  function body(f) {
    const out = el("div", "body");
    if (f.message) out.append(el("p", "", f.message));
    if (f.description) out.append(el("p", "muted", f.description));
    if (f.always) out.append(el("p", "warn", "This detection gives rows also without any event."));
    for (const n of f.notices) out.append(el("p", n.cuts ? "warn" : "muted", `${n.code}: ${n.message}`));
    if (f.techniques.length) {
      out.append(el("h3", "", "ATT&CK"), el("div", "chips", ...f.techniques.map((t) => {
        const a = el("a", "chip", t.name ? `${t.id} ${t.name}` : t.id);
        a.href = t.url; a.rel = "noreferrer noopener"; a.target = "_blank";
        return a;
      })));
    }
    if (f.entities.length) out.append(el("h3", "", "Entities"), el("div", "chips", ...f.entities.map(entityChip)));
    const of = new Map();
    f.events.forEach((e) => e.rows.forEach((r) => of.set(r, e)));
    out.append(el("h3", "", f.rows > f.first_rows.length ? `Rows (the first ${f.first_rows.length} of ${number(f.rows)})` : "Rows"));
    const columns = [...new Set(f.first_rows.flatMap((r) => Object.keys(r)))].filter((c) => c !== "_raw");
    const wide = columns.length > 9 || (innerWidth < 800 && columns.length > 2);
    const cell = (c, v) => (c === "_time" && typeof v === "number" ? time(v) : text(v));
    f.first_rows.forEach((row, i) => {
      const e = of.get(i);
      if (wide) {
        out.append(el("div", "scroll", el("table", "rows", el("tbody", "", ...columns.filter((c) => text(row[c]) !== "").map((c) => {
          const th = el("th", "", c);
          th.scope = "row";
          return el("tr", "", th, el("td", "", cell(c, row[c])));
        })))));
        if (e) out.append(eventBox(e, false));
      }
    });
    if (!wide && columns.length) {
      const rows = f.first_rows.flatMap((row, i) => {
        const e = of.get(i), tr = [el("tr", "", ...columns.map((c) => el("td", "", cell(c, row[c]))))];
        if (e) {
          const td = el("td", "", eventBox(e, false));
          td.colSpan = columns.length;
          tr.push(el("tr", "", td));
        }
        return tr;
      });
      const head = el("tr", "", ...columns.map((c) => { const th = el("th", "", c); th.scope = "col"; return th; }));
      out.append(el("div", "scroll", el("table", "rows", el("thead", "", head), el("tbody", "", ...rows))));
    }
    const others = f.events.filter((e) => !e.rows.length);
    if (others.length) out.append(el("h3", "", "More events that met its first condition"), ...others.map((e) => eventBox(e, false)));
    const file = [f.file, f.id && `id ${f.id}`, f.analytic_story.length && `story ${f.analytic_story.join(", ")}`].filter(Boolean);
    out.append(el("p", "muted", file.join(" · ")));
    return out;
  }

  const boxes = new Map();
  function box(f) {
    if (boxes.has(f.number)) return boxes.get(f.number);
    const who = f.entities.slice(0, 3).map((e) => e.value).join(", ") + (f.entities.length > 3 ? `, ${f.entities.length - 3} more` : "");
    const small = [f.techniques.map((t) => t.id).join(" "), f.type, data.per_input ? f.input : ""].filter(Boolean).join(" · ");
    const summary = el("summary", "",
      el("span", "badge", f.score === null ? f.severity : `${f.severity} ${number(f.score)}`),
      el("span", "name", f.detection, el("small", "", small)),
      el("span", "num", plural(f.rows, "row")),
      el("span", "when", when(f)),
      el("span", "who", who));
    const d = el("details", `finding ${f.severity}`, summary);
    d.addEventListener("toggle", () => { if (d.open && d.children.length === 1) d.append(body(f)); });
    boxes.set(f.number, d);
    return d;
  }

  const ORDERS = {
    score: (a, b) => (b.score ?? -1) - (a.score ?? -1) || a.number - b.number,
    first: (a, b) => (a.first_time ?? Infinity) - (b.first_time ?? Infinity) || a.number - b.number,
    rows: (a, b) => b.rows - a.rows || a.number - b.number,
    name: (a, b) => a.detection.localeCompare(b.detection) || a.number - b.number,
  };
  function list(shown) {
    const sorted = [...shown].sort(ORDERS[at("sort").value] || ORDERS.score);
    const none = findings.length ? "No finding meets the filter." : "Nothing was found.";
    at("list").replaceChildren(...(sorted.length ? sorted.map(box) : [el("p", "empty card", none)]));
  }

  function entities(shown) {
    const all = new Map();
    for (const f of shown) {
      for (const e of f.entities) {
        const key = `${e.type}:${e.value}`;
        const o = all.get(key) || { ...e, key, risk: 0, rows: 0, findings: 0, techniques: new Set() };
        o.risk += e.risk; o.rows += e.rows; o.findings += 1;
        f.techniques.forEach((t) => o.techniques.add(t.id));
        all.set(key, o);
      }
    }
    const sorted = [...all.values()].sort((a, b) => b.risk - a.risk || b.findings - a.findings || a.key.localeCompare(b.key));
    if (!sorted.length) return at("entities").replaceChildren(el("p", "empty card", "No finding names an entity: a detection's risk objects do."));
    const top = sorted[0].risk || 1, most = 200;
    const some = (all) => all.slice(0, 10).join(" ") + (all.length > 10 ? ` and ${all.length - 10} more` : "");
    const head = [["Entity", ""], ["Type", ""], ["Risk", "num"], ["", "optional"], ["Findings", "num"], ["Rows", "num optional"], ["Techniques", "optional"]];
    const body = sorted.slice(0, most).map((e) => {
      const bar = svg("svg", { viewBox: "0 0 100 6", width: "100", height: "8", "aria-hidden": "true" }, svg("rect", { class: "part low", x: 0, y: 0, height: 6, width: Math.max(1, (e.risk / top) * 100) }));
      return el("tr", "", el("td", "", entityChip(e)), el("td", "", e.type), el("td", "num", number(e.risk)), el("td", "optional", bar),
        el("td", "num", number(e.findings)), el("td", "num optional", number(e.rows)), el("td", "optional", some([...e.techniques].sort())));
    });
    const heads = el("tr", "", ...head.map(([h, cls]) => { const th = el("th", cls, h); th.scope = "col"; return th; }));
    const table = el("div", "scroll card", el("table", "", el("thead", "", heads), el("tbody", "", ...body)));
    const more = sorted.length > most ? el("p", "muted", `${number(sorted.length - most)} more: use the filter`) : null;
    at("entities").replaceChildren(...[table, more].filter(Boolean));
  }

  function attack(shown) {
    const of = new Map();
    for (const f of shown) {
      for (const t of f.techniques) {
        const o = of.get(t.id) || { ...t, score: 0, findings: 0 };
        o.score += Math.max(1, f.score ?? 0); o.findings += 1;
        of.set(t.id, o);
      }
    }
    if (!of.size) return at("attack").replaceChildren(el("p", "empty card", "No finding names a technique."));
    const top = Math.max(...[...of.values()].map((t) => t.score));
    const sub = (id) => id.includes(".");
    const cell = (t) => {
      const b = button(`cell heat${Math.max(1, Math.ceil((t.score / top) * 4))}${sub(t.id) ? " sub" : ""}`,
        `${t.id} ${t.name}: ${plural(t.findings, "finding")}, score ${number(t.score)}. Show only these`, () => show("technique", t.id),
        t.own || t.name || t.id, el("small", "", `${t.id} · ${plural(t.findings, "finding")}`));
      b.title = `${t.id} ${t.name}: score ${number(t.score)}`;
      if (only.technique === t.id) b.setAttribute("aria-pressed", "true");
      return b;
    };
    const column = (name, id, all) => {
      const known = new Map(all.map((t) => [t.id, t]));
      // a sub-technique stands under its technique, also where only the former was found
      for (const t of all) {
        const parent = t.id.split(".")[0];
        if (!known.has(parent)) known.set(parent, { id: parent, name: data.parents[parent] || parent, none: true });
      }
      const cells = [...known.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map((t) => (t.none ? el("div", "cell none", t.name, el("small", "", t.id)) : cell(t)));
      return el("div", all.length ? "tactic" : "tactic bare", el("h3", "", name, el("small", "", id)), ...cells);
    };
    const columns = data.tactics.map((c) => column(c.name, c.id, [...of.values()].filter((t) => t.tactics.includes(c.name))));
    const lost = [...of.values()].filter((t) => !t.tactics.length);
    if (lost.length) columns.push(column("Unknown", "", lost));
    at("attack").replaceChildren(el("div", "matrix", ...columns),
      el("p", "muted", `ATT&CK ${data.attack_version}. The darker, the higher the sum of the findings' scores; a finding without a score counts as 1.`));
  }

  function read() {
    const rows = data.inputs.map((i) => el("tr", "", el("td", "", i.name), el("td", "num", number(i.events)), el("td", "num", number(i.bytes)),
      el("td", "", [i.damaged ? plural(i.damaged, "damaged event") : "", ...i.errors].filter(Boolean).join("\n"))));
    const head = el("tr", "", ...[["Input", ""], ["Events", "num"], ["Bytes", "num"], ["Trouble", ""]].map(([h, cls]) => { const th = el("th", cls, h); th.scope = "col"; return th; }));
    const parts = [el("div", "scroll card", el("table", "", el("thead", "", head), el("tbody", "", ...rows)))];
    if (data.failed.length) {
      parts.push(el("h3", "", `${plural(data.failed.length, "detection")} could not run`));
      parts.push(el("div", "scroll card", el("table", "", el("tbody", "", ...data.failed.map((f) => el("tr", "", el("td", "", f.detection || f.file), el("td", "", `${f.code}: ${f.message}`), el("td", "optional", f.place)))))));
    }
    if (data.left_out) parts.push(el("p", "muted", data.left_out));
    if (data.cut) parts.push(el("p", "warn", data.cut));
    at("read").replaceChildren(...parts);
  }

  function draw() {
    const shown = findings.filter((f) => matches(f));
    const some = Object.values(only).some(Boolean);
    at("shown").textContent = some ? `${number(shown.length)} of ${plural(findings.length, "finding")}` : plural(findings.length, "finding");
    at("clear").hidden = !some;
    tiles();
    timeline(findings.filter((f) => matches(f, "range")));
    list(shown);
    entities(shown);
    attack(shown);
  }

  at("about").textContent = data.about;
  at("made").textContent = data.made;
  if (data.stopped) { at("stopped").textContent = data.stopped; at("stopped").hidden = false; }
  let wait = 0;
  at("filter").addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => { only.words = at("filter").value.trim().toLowerCase(); draw(); }, 120); });
  at("sort").addEventListener("change", draw);
  at("clear").addEventListener("click", () => {
    Object.assign(only, { words: "", severity: null, technique: null, entity: null, range: null });
    at("filter").value = "";
    draw();
    at("filter").focus();
  });
  at("theme").addEventListener("click", () => {
    const set = document.documentElement.dataset.theme;
    const dark = set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { e.preventDefault(); at("filter").focus(); }
  });
  let size = 0;
  addEventListener("resize", () => { clearTimeout(size); size = setTimeout(() => timeline(findings.filter((f) => matches(f, "range"))), 150); });
  addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("#list > details")) d.open = true; for (const d of document.querySelectorAll("#list > details")) if (d.children.length === 1) { d.dispatchEvent(new Event("toggle")); } });
  read();
  draw();
})();
