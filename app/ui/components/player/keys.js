// Keys of a player: pressed in its box, or anywhere on the page while nothing else wants them.
// `actOf` gives what a key does, by names such as "l" and "shift+ArrowLeft"; none leaves it alone.

const WRITING = "input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]";

const hearing = (box, actOf) => (event) => {
  const { target, key } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.closest?.(WRITING)) return;
  if (key === " " && target.closest?.("button, a, summary, [type=checkbox]")) return;
  const within = event.composedPath().includes(box);
  // Elsewhere on a page, arrows and the like belong to what has the focus; letters do not.
  const taken = target !== document.body && (key.length > 1 || key === " ");
  if (!within && (taken || document.querySelector("[role=dialog]"))) return;
  const act = actOf((event.shiftKey ? "shift+" : "") + (key.length > 1 ? key : key.toLowerCase()));
  if (!act) return;
  act();
  event.preventDefault();
  event.stopPropagation();
};
