// Hears from the player which frame of the film it shows (see player.js), and tells that frame
// as an in, or the one after it as an out: an out is the first frame that is left out.

export default function ({ parentElement, data, setTriggerValue }) {
  const buttons = parentElement.querySelectorAll("button");
  const heard = ({ detail }) => {
    if (detail.src !== data.src) return;
    parentElement.querySelector(".marks").dataset.frame = detail.frame;
    buttons.forEach((button) => { button.disabled = false; });
  };
  const frame = () => Number(parentElement.querySelector(".marks").dataset.frame);
  const [first, last] = buttons;
  first.onclick = () => setTriggerValue("mark", { edge: "in", frame: frame() });
  last.onclick = () => setTriggerValue("mark", { edge: "out", frame: frame() + 1 });
  document.addEventListener("reelfind:frame", heard);
  return () => document.removeEventListener("reelfind:frame", heard);
}
