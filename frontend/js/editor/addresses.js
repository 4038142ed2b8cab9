// Addresses as they are kept: where they lead, without what was hung on to follow whoever goes there.

const KNOWN = new Set(["http:", "https:", "mailto:", "tel:"]);
const FOLLOWS = /^(utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|vero_id|oly_\w+_id|wickedid|s_cid)$/i;

/* The address if it leads anywhere one may go from a post, else an empty string. */
export function address(href) {
  if (!href || href.startsWith("#")) return "";
  let url;
  try {
    url = unwrapped(new URL(href.trim(), location.href));
  } catch {
    return "";
  }
  if (!KNOWN.has(url.protocol)) return "";
  if (url.protocol.startsWith("http")) {
    for (const name of [...url.searchParams.keys()]) if (FOLLOWS.test(name)) url.searchParams.delete(name);
  }
  const own = url.origin === location.origin;
  // A place within what was copied, as of a footnote: browsers make it one of this page.
  if (own && url.hash && url.pathname === location.pathname) return "";
  const whole = own ? url.pathname + url.search + url.hash : url.href;
  return whole.replace(/[()\s<>]/g, (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`);
}

/* Whether a picture is there to be counted, not to be seen. */
export function isTrack(image) {
  const size = (name) => Number.parseFloat(image.getAttribute(name) ?? "100");
  return size("width") < 3 || size("height") < 3;
}

// Some go round by a page that counts who leaves.
function unwrapped(url) {
  const isRound = /(^|\.)google\.[a-z.]+$/.test(url.hostname) && url.pathname === "/url";
  const isFacebook = /^lm?\.facebook\.com$/.test(url.hostname) && url.pathname === "/l.php";
  const inner = isRound ? (url.searchParams.get("q") ?? url.searchParams.get("url")) : isFacebook ? url.searchParams.get("u") : null;
  return inner ? new URL(inner) : url;
}
