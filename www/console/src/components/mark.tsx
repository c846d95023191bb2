/** Three faders: the name of the thing, drawn. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path className="mark__tracks" d="M8 5v22M16 5v22M24 5v22" />
      <rect className="mark__cap mark__cap--lit" x="4" y="18" width="8" height="5" rx="1.5" />
      <rect className="mark__cap" x="12" y="8" width="8" height="5" rx="1.5" />
      <rect className="mark__cap" x="20" y="13" width="8" height="5" rx="1.5" />
    </svg>
  )
}
