#!/bin/sh
# Builds the published package: package/dist from src, with README and LICENSE beside it. npm's `prepare` runs it too.
set -eu
cd "$(dirname -- "$0")/.."
rm -rf package/dist
node_modules/.bin/tsc -p tsconfig.build.json
for file in LICENSE README.md README.id.md; do
  [ ! -e "$file" ] || cp "$file" package/
done
