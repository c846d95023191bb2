import type { Span } from './json/scan.ts'

/** Selects a part of a text area, and brings its first line to the upper third. */
export function selectSpan(area: HTMLTextAreaElement, { start, end }: Span): void {
  area.focus()
  area.setSelectionRange(start, end)
  const lineHeight = Number.parseFloat(getComputedStyle(area).lineHeight)
  const line = area.value.slice(0, start).split('\n').length - 1
  area.scrollTop = line * lineHeight - area.clientHeight / 3
}
