import { say } from "./words.js";

/* A way to sign in again beside this page, which waits; it goes on by itself when one comes back. */
export function signInLink() {
  const link = document.createElement("a");
  link.href = `/account/sign-in`;
  link.target = "_blank";
  link.rel = "opener";
  link.textContent = say("signIn");
  return link;
}
