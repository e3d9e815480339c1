// Draws the rows and tells what is done to them: { kind: "choose" | "move" | "remove", id, to }.
// Places count from 1. The order on the screen changes only when the server has saved it.
// While the whole list is played, the row is marked whose item is seen, and one that is chosen is
// played: see playlist.js.

// The button by which an item was moved: whoever did that by the keyboard stays at it, though
// the rows are drawn anew.
let held = null;

export default function ({ parentElement, data, setTriggerValue }) {
  const list = parentElement.querySelector(".rows");
  const told = parentElement.querySelector(".told");
  const template = parentElement.querySelector("template");
  const rows = data.rows;
  const act = (kind, id, to = null) => setTriggerValue("act", { kind, id, to });
  let dragged = null;

  const draw = (row) => {
    const line = template.content.cloneNode(true).querySelector("li");
    const find = (selector) => line.querySelector(selector);
    const name = `item ${row.position}, ${row.title}`;
    line.dataset.id = row.id;
    line.dataset.place = row.position;
    line.setAttribute("aria-current", String(row.chosen));
    line.draggable = true;
    find(".place").textContent = row.position;
    if (row.still) find("img").src = row.still;
    find(".choose").textContent = row.title;
    find(".choose").setAttribute("aria-label", `${data.playing ? "Play from" : "Edit"} ${name}`);
    find(".times").textContent = row.times;
    find(".note").textContent = row.note;
    find(".said").textContent = row.said;
    find(".wrong").textContent = row.wrong;
    const button = (selector, label, able, run) => {
      find(selector).setAttribute("aria-label", `${label} ${name}`);
      find(selector).disabled = !able;
      find(selector).onclick = run;
    };
    button(".up", "Move up", row.position > 1, () => step(row, "up", -1));
    button(".down", "Move down", row.position < rows.length, () => step(row, "down", 1));
    button(".out", "Remove", true, () => act("remove", row.id));
    find(".choose").onclick = () => {
      if (!data.playing) return act("choose", row.id);
      document.dispatchEvent(new CustomEvent("reelfind:play", { detail: { id: row.id } }));
    };
    line.ondragstart = (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.title);
      line.classList.add("dragged");
    };
    line.ondragend = () => { dragged = null; clear(); line.classList.remove("dragged"); };
    line.ondragover = (event) => {
      if (!dragged) return;
      event.preventDefault();
      clear();
      if (dragged !== row) line.classList.add(dragged.position > row.position ? "before" : "after");
    };
    line.ondrop = (event) => {
      event.preventDefault();
      clear();
      if (dragged && dragged !== row) move(dragged, row.position);
    };
    return line;
  };
  const clear = () => list.querySelectorAll("li").forEach((each) => each.classList.remove("before", "after"));
  const step = (row, name, by) => {
    held = { id: row.id, place: String(row.position), name };
    move(row, row.position + by);
  };
  const move = (row, to) => {
    told.textContent = `${row.title} moves to place ${to}.`;
    act("move", row.id, to);
  };

  // Whoever moved an item by the keyboard stays at it.
  const stay = () => {
    const line = [...list.children].find((each) => each.dataset.id === held?.id);
    if (!line || line.dataset.place === held.place) return;
    const wanted = line.querySelector(`.${held.name}`);
    (wanted.disabled ? line.querySelector(".choose") : wanted).focus({ preventScroll: true });
    held = null;
  };
  const mark = ({ detail }) => {
    for (const line of list.children) line.setAttribute("aria-current", String(line.dataset.id === detail.id));
  };

  list.forget?.();
  list.replaceChildren(...rows.map(draw));
  list.forget = () => document.removeEventListener("reelfind:item", mark);
  if (data.playing) {
    document.addEventListener("reelfind:item", mark);
    document.dispatchEvent(new CustomEvent("reelfind:which"));
  }
  stay();
  return list.forget;
}
