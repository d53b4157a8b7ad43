#!/usr/bin/env bash
# Makes sure that there is a Chromium for the browser tests; installs Debian's if it may use apt.
set -euo pipefail
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null; then
    exit 0
  fi
done
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq
  # A minimal Debian has no fonts, and a page without a font shows no text.
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    chromium fonts-dejavu-core >/dev/null
  exit 0
fi
echo "The browser tests need Chromium. Install it (Debian: apt-get install chromium)," >&2
echo "or give its path: CHROMIUM=/path/to/chrome make test" >&2
exit 1
