/** The element of index.html with that id. */
export function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element '${id}'.`);
  return found as T;
}

export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  text = "",
  className = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** Seconds as 3:07. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Show a message over the picture until it is closed. */
export function showMessage(text: string, kind: "error" | "notice" = "error"): void {
  const box = element("errors");
  if ([...box.children].some((shown) => shown.firstChild?.textContent === text)) return;
  const message = create("p", text, kind);
  const close = create("button", "×");
  close.setAttribute("aria-label", "Close");
  close.onclick = () => message.remove();
  message.append(close);
  box.append(message);
}
