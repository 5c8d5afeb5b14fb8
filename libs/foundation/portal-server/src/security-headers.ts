/**
 * What a page of ours may do: load and call its own origin, and nothing else. No inline script or style, no frame of another,
 * no plug-in; script cannot turn text into markup (Trusted Types).
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * For a file that somebody else wrote, shown in a frame of our page or by itself: it stands in an origin of its own, runs no
 * script, and loads nothing.
 */
export const foreignFilePolicy = "sandbox; default-src 'none'; frame-ancestors 'self'";

export const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const;
