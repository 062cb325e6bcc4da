/**
 * Where one goes on typing at a desk. On a phone it would bring up the keyboard over what was
 * opened to be read.
 */
export function focusAtDesk(field: HTMLElement | null): void {
  if (!matchMedia("(pointer: coarse)").matches) field?.focus({ preventScroll: true });
}
