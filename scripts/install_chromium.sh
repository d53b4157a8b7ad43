#!/usr/bin/env bash
# Makes sure that there is a Chromium for the browser tests; installs Debian's if it may use apt.
#
# The headless shell is Chromium without its own windows: the tests take a quarter less time.
set -euo pipefail
if [ -n "${CHROMIUM:-}" ] || command -v chromium-headless-shell >/dev/null; then
  exit 0
fi
# A minimal Debian has no fonts, and a page without a font shows no text.
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] && apt-get update -qq &&
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    chromium-headless-shell fonts-dejavu-core >/dev/null; then
  exit 0
fi
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then
    exit 0
  fi
done
echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium-headless-shell)," >&2
echo "or give its path: CHROMIUM=/path/to/chrome make test" >&2
exit 1
