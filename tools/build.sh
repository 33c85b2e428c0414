#!/bin/sh
# Builds the published package: dist from src, with README and LICENSE beside it, in package/ or the folder named
# (which then also gets the package's other files). npm's `prepare` runs it too.
set -eu
cd "$(dirname -- "$0")/.."
target=${1:-package}
if [ "$target" != package ]; then
  mkdir -p "$target"
  for part in package.json bin python; do
    [ ! -e "package/$part" ] || cp -R "package/$part" "$target/"
  done
fi
rm -rf "$target/dist"
node_modules/.bin/tsc -p tsconfig.build.json --outDir "$target/dist"
for file in LICENSE README.md README.id.md; do
  [ ! -e "$file" ] || cp "$file" "$target/"
done
