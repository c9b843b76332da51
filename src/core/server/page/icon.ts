/** The lamps of a signal box, as SVG. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="24" height="24"><rect x="9" y="1" width="14" height="30" rx="7" fill="#16202c"/><circle cx="16" cy="8" r="4" fill="#e5484d"/><circle cx="16" cy="16" r="4" fill="#f5b83d"/><circle cx="16" cy="24" r="4" fill="#3fb950"/></svg>';

/** The icon as a URL that needs no request. */
export const iconUrl = `data:image/svg+xml,${encodeURIComponent(icon)}`;
