// The lines of a title. Follows and leads the player beside it: see player.js.

export default function ({ parentElement, data }) {
  const find = (selector) => parentElement.querySelector(selector);
  const list = find(".lines"), box = find(".find"), follow = find(".follow");
  const drawn = JSON.stringify(data);
  if (list.dataset.drawn === drawn) return list.forget;
  list.forget?.(); // what was drawn before listens no more
  list.dataset.drawn = drawn;

  const { lines, src } = data;
  let now = -1;

  // Texts of films never become markup.
  const marked = (text, words) => {
    const parts = [];
    let from = 0;
    const low = text.toLowerCase();
    for (let at = low.indexOf(words); words && at >= 0; at = low.indexOf(words, from)) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(at, at + words.length);
      parts.push(text.slice(from, at), mark);
      from = at + words.length;
    }
    return [...parts, text.slice(from)];
  };
  const buttons = lines.map((line) => {
    const button = document.createElement("button");
    button.type = "button";
    const at = document.createElement("small");
    at.textContent = line.timecode;
    button.append(at, document.createElement("span"));
    button.onclick = () => document.dispatchEvent(
      new CustomEvent("reelfind:seek", { detail: { src, frame: line.start } }));
    return button;
  });
  const items = buttons.map((button) => {
    const item = document.createElement("li");
    item.append(button);
    return item;
  });

  const search = () => {
    const words = box.value.trim().toLowerCase();
    let found = 0;
    lines.forEach((line, i) => {
      const passes = line.text.toLowerCase().includes(words);
      items[i].hidden = !passes;
      found += passes;
      buttons[i].lastChild.replaceChildren(...marked(line.text, words));
    });
    find(".count").textContent = words
      ? `${found} of ${lines.length} lines`
      : `${lines.length} line${lines.length === 1 ? "" : "s"}; a click goes there`;
  };
  const told = ({ detail }) => {
    if (detail.src !== src) return;
    const current = lines.findLastIndex((line) => line.start <= detail.frame);
    if (current === now) return;
    if (now >= 0) buttons[now].removeAttribute("aria-current");
    now = current;
    if (now < 0) return;
    buttons[now].setAttribute("aria-current", "true");
    if (!follow.checked || items[now].hidden) return;
    // Scrolled by hand: scrollIntoView would move the page too.
    list.scrollTop = items[now].offsetTop - list.offsetTop - list.clientHeight / 3;
  };

  list.replaceChildren(...items);
  box.oninput = search;
  document.addEventListener("reelfind:frame", told);
  search();
  document.dispatchEvent(new CustomEvent("reelfind:ask", { detail: { src } }));
  list.forget = () => document.removeEventListener("reelfind:frame", told);
  return list.forget;
}
