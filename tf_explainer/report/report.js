"use strict";

// Names come from users: they are put in as text, never as markup.
function element(tag, text, attributes) {
  const made = document.createElement(tag);
  if (text !== undefined && text !== null) made.textContent = String(text);
  for (const [name, value] of Object.entries(attributes || {})) {
    made.setAttribute(name, value);
  }
  return made;
}

function numberText(value, digits) {
  if (value === null || value === undefined) return "–";
  return value.toFixed(digits).replace("-", "−").replace(/^−(0\.?0*)$/, "$1");
}

// ---- Names of parts ------------------------------------------------------

function quoted(text) {
  if (/^[\w./:=+@%-]+$/.test(text)) return text;
  return "'" + text.replaceAll("'", "'\\''") + "'";
}

function nameParts() {
  const command = document.getElementById("command");
  if (!command) return;
  for (const one of document.querySelectorAll(".rename")) one.hidden = false;
  const inputs = [...document.querySelectorAll(".new-name")];
  const told = document.getElementById("copied");
  const show = () => {
    const names = inputs
      .filter((input) => input.value.trim())
      .map((input) => quoted(input.dataset.number + "=" + input.value.trim()));
    const words = ["tf-explainer name", quoted(command.dataset.run), ...names];
    command.value = words.join(" ");
    told.textContent = "";
  };
  for (const input of inputs) input.addEventListener("input", show);
  show();
  document.getElementById("copy").addEventListener("click", async () => {
    command.select();
    try {
      await navigator.clipboard.writeText(command.value);
      told.textContent = "Copied.";
    } catch {
      // Of a file the clipboard may be refused.
      const done = document.execCommand("copy");
      told.textContent = done ? "Copied." : "Selected: press Ctrl+C.";
    }
  });
}

// ---- What if a part were missing -----------------------------------------

function drawTotal(cell, value, { zero, unit }) {
  const within = (percent) => Math.min(Math.max(percent, 0), 100);
  const ends = [Number(zero), Number(zero) + value * unit].map(within);
  const bar = cell.querySelector(".bar");
  bar.style.left = `${Math.min(...ends)}%`;
  bar.style.width = `${Math.abs(ends[1] - ends[0])}%`;
  bar.classList.toggle("against", value < 0);
  cell.querySelector(".value").textContent = numberText(value, 2);
}

function takeAway(group) {
  const boxes = [...group.querySelectorAll("input[type=checkbox]")];
  const told = group.parentElement.querySelector(".missing");
  const scores = told.dataset.scores.split(" ").map(Number);
  const { decided, other } = told.dataset;
  const totals = [...group.querySelectorAll(".total .cell")];
  const show = () => {
    const gone = boxes.filter((box) => !box.checked);
    const left = [...scores];
    for (const box of boxes) {
      box.closest("div").classList.toggle("gone", !box.checked);
    }
    for (const box of gone) {
      const given = box.dataset.give.split(" ").map(Number);
      left.forEach((_, i) => { left[i] -= given[i]; });
    }
    totals.forEach((cell, i) => drawTotal(cell, left[i], group.dataset));
    told.hidden = gone.length === 0;
    const winner = left[1] >= 0 ? decided : other;
    told.textContent =
      `Without ${gone.length} ${gone.length === 1 ? "part" : "parts"}: ` +
      `${decided} ${numberText(scores[0], 2)} → ${numberText(left[0], 2)}; ` +
      `${decided} over ${other} ${numberText(scores[1], 2)} → ` +
      `${numberText(left[1], 2)}, which speaks for ${winner}. What these ` +
      "parts give together only is not taken away.";
  };
  for (const box of boxes) box.addEventListener("change", show);
}

// ---- All live filters ----------------------------------------------------

const STEP = 20;

function columnsOf(data) {
  const some = (key) => data.filters.some((one) => one[key] !== null && one[key] !== "");
  return [
    ["filter", "Filter", (one) => one.filter],
    data.labels.length && ["part", "Part", (one) => partName(data, one)],
    some("landmark") && ["landmark", "Landmark", (one) => one.landmark],
    ["class", "Class", (one) => one.class],
    ["strength", "Strength", (one) => one.strength, 2],
    ["fires", "Fires in", (one) => one.fires],
    some("skill") && ["skill", "Skill", (one) => one.skill, 2],
  ].filter(Boolean);
}

function partName(data, one) {
  return one.part < 0 ? "" : data.labels[one.part];
}

function cellText(column, one) {
  const [key, , value, digits] = column;
  if (key === "fires") return `${numberText(100 * one.fires, 0)} %`;
  if (digits !== undefined) return numberText(value(one), digits);
  return value(one) === "" ? "–" : value(one);
}

function isText([key]) {
  return ["filter", "part", "landmark", "class"].includes(key);
}

function compared(first, second) {
  const missing = (value) => value === null || value === "";
  if (missing(first) || missing(second)) return missing(first) - missing(second);
  if (typeof first === "number") return first - second;
  return first.localeCompare(second, undefined, { numeric: true });
}

function peakPicture(data, [image, row, column], small) {
  const picture = data.pictures[image];
  if (!picture) return null;
  const frame = element("span", null, { class: small ? "peak thumb" : "peak" });
  const alt = small ? "" : `${picture.name}: the filter fires at ` +
    `${Math.round(100 * row)} % of the height, ${Math.round(100 * column)} % of the width`;
  const ring = element("i");
  ring.style.left = `${100 * column}%`;
  ring.style.top = `${100 * row}%`;
  ring.style.height = `${100 * data.field[0]}%`;
  ring.style.width = `${100 * data.field[1]}%`;
  frame.append(element("img", null, { src: picture.uri, alt }), ring);
  return frame;
}

function detailsRow(data, one, width) {
  const row = element("tr", null, { class: "details" });
  const cell = element("td", null, { colspan: width });
  const peaks = element("div", null, { class: "peaks" });
  for (const tile of one.tiles) {
    const picture = peakPicture(data, tile, false);
    if (!picture) continue;
    const figure = element("figure");
    figure.append(picture, element("figcaption", data.pictures[tile[0]].name));
    peaks.append(figure);
  }
  const [missed, constant] = one.missed;
  const percent = (share) => `${numberText(100 * share, 1)} %`;
  const words = missed === null
    ? "No landmark says how far it is off."
    : `It misses its landmark by ${percent(missed)} of the image's side ` +
      `(root mean square); the landmark's mean place alone by ${percent(constant)}.`;
  const fields = "The ring has the size of the receptive field, at most 0.4 of the image.";
  const inside = element("div", null, { class: "inside" });
  inside.append(peaks, element("p", words), element("p", fields, { class: "soft" }));
  cell.append(inside);
  row.append(cell);
  return row;
}

function filterRow(data, columns, one) {
  const row = element("tr");
  const head = element("th", null, { scope: "row" });
  const open = element("button", `filter ${one.filter}`, {
    type: "button", class: "open", "aria-expanded": "false",
  });
  head.append(open);
  row.append(head);
  for (const column of columns.slice(1)) {
    row.append(element("td", cellText(column, one), { class: isText(column) ? "text" : "" }));
  }
  const last = element("td", null, { class: "text" });
  const thumb = one.tiles.length ? peakPicture(data, one.tiles[0], true) : null;
  if (thumb) last.append(thumb);
  row.append(last);
  open.addEventListener("click", () => {
    const shown = open.getAttribute("aria-expanded") === "true";
    open.setAttribute("aria-expanded", String(!shown));
    if (shown) row.nextElementSibling.remove();
    else row.after(detailsRow(data, one, columns.length + 1));
  });
  return row;
}

function fill(select, values) {
  for (const value of values) select.append(element("option", value, { value }));
  select.parentElement.hidden = values.length < 2;
}

function filterTable() {
  const source = document.getElementById("live");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const columns = columnsOf(data);
  const find = (id) => document.getElementById(id);
  const box = find("filter-table");
  const body = box.querySelector("tbody");
  const state = { by: columns[0], down: false, shown: STEP };
  box.hidden = false;

  fill(find("of-part"), data.labels);
  fill(find("of-class"), [...new Set(data.filters.map((one) => one.class))].sort());
  find("least-skill").parentElement.hidden = !columns.some(([key]) => key === "skill");

  const least = (id) => (find(id).value === "" ? -Infinity : Number(find(id).value));
  const chosen = () => {
    const words = find("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [strength, skill] = [least("least-strength"), least("least-skill")];
    const part = find("of-part").value;
    const kind = find("of-class").value;
    const kept = data.filters.filter((one) => {
      const text = `filter ${one.filter} ${partName(data, one)} ${one.landmark} ${one.class}`.toLowerCase();
      return words.every((word) => text.includes(word)) &&
        (part === "" || partName(data, one) === part) &&
        (kind === "" || one.class === kind) &&
        one.strength >= strength &&
        (skill === -Infinity || (one.skill !== null && one.skill >= skill));
    });
    const value = state.by[2];
    kept.sort((a, b) => {
      const [first, second] = [value(a), value(b)];
      const missing = [first, second].some((one) => one === null || one === "");
      // What is not known stands last, however it is sorted.
      return (state.down && !missing ? -1 : 1) * compared(first, second) || a.filter - b.filter;
    });
    return kept;
  };
  const show = () => {
    const kept = chosen();
    const shown = kept.slice(0, state.shown);
    body.replaceChildren(...shown.map((one) => filterRow(data, columns, one)));
    find("count").textContent = `${kept.length} of ${data.filters.length} filters`;
    find("more").hidden = kept.length <= state.shown;
  };

  const heads = columns.map((column) => {
    const head = element("th", null, {
      scope: "col", "aria-sort": "none", class: isText(column) ? "text" : "",
    });
    const button = element("button", column[1], { type: "button" });
    head.append(button);
    button.addEventListener("click", () => {
      // Numbers begin with the largest.
      state.down = state.by === column ? !state.down : !isText(column);
      state.by = column;
      for (const one of heads) one.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      show();
    });
    return head;
  });
  heads[0].setAttribute("aria-sort", "ascending");
  box.querySelector("thead tr").append(...heads, element("th", "Fires most in", { scope: "col", class: "text" }));

  box.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  box.querySelector("form").addEventListener("input", () => { state.shown = STEP; show(); });
  find("more").addEventListener("click", () => { state.shown += STEP; show(); });
  body.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const buttons = [...body.querySelectorAll(".open")];
    const next = buttons[buttons.indexOf(document.activeElement) + step];
    if (next) { event.preventDefault(); next.focus(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    find("search").focus();
  });
  show();
}

nameParts();
for (const group of document.querySelectorAll(".bars.two")) takeAway(group);
filterTable();
