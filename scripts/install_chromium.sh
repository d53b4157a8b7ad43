#!/usr/bin/env bash
# Make sure that there is a Chromium for the browser tests: Debian's where apt may install it.
set -euo pipefail
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then
    exit 0
  fi
done
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq
  # A bare Debian has no font at all, and a page without one has no words.
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    chromium fonts-dejavu-core >/dev/null
  exit 0
fi
echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium)," >&2
echo "or name one: CHROMIUM=/path/to/chrome make test" >&2
exit 1
