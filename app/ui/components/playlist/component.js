export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".playlist");
  if (root.played) root.played.adopt(data, setTriggerValue);
  else root.played = playlist(root, data, { tell: setTriggerValue });
  return () => { root.played?.forget(); root.played = null; };
}
