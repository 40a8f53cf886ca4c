#!/usr/bin/env bash
# Gives what the module of a folder has in common with others the versions that it has there, the first of them first:
# share-versions.sh helm kubernetes-1.36 containerd. Go compiles the sources of one version once for all programs; of two, twice.
# A module that the variable OWN names keeps the version that it has.
set -euo pipefail
folder=${1:?usage: share-versions.sh FOLDER OTHER...}
shift
cd "$(dirname "$0")"

# Module and version of everything that a go.mod requires, replacements applied.
versions() {
  go mod edit -json "$1/go.mod" | jq -r '
    ([.Replace[]? | { key: .Old.Path, value: .New.Version }] | from_entries) as $replaced
    | .Require[] | "\(.Path) \($replaced[.Path] // .Version)"' | sort --key=1,1
}
wanted=$(for other in "$@"; do versions "$other"; done | awk -v own="${OWN:-}" '$1 != own' | sort --stable --unique --key=1,1)
differing() { join <(echo "$wanted") <(versions "$folder") | awk '$2 != $3 { print $1, $2 }'; }
tidy() { (cd "$folder" && go mod tidy); }

# What is older here is required; where that is not enough something needs a newer one, and it is replaced. Other versions need
# other modules, so more may come to be in common.
while read -r module version; do
  go mod edit -require "$module@$version" "$folder/go.mod"
done < <(differing)
tidy
while replaced=$(differing) && [ -n "$replaced" ]; do
  while read -r module version; do
    go mod edit -replace "$module=$module@$version" "$folder/go.mod"
  done <<< "$replaced"
  tidy
done

# In one block, without what only the versions needed that were replaced.
block=$(go mod edit -json "$folder/go.mod" | jq -r '
  [.Require[].Path] as $required
  | [.Replace[]? | select(.Old.Path | IN($required[]))] | sort_by(.Old.Path)[]
  | "\t\(.Old.Path) => \(.New.Path) \(.New.Version)"')
sed -i '/^replace /d' "$folder/go.mod"
if [ -n "$block" ]; then printf '\nreplace (\n%s\n)\n' "$block" >> "$folder/go.mod"; fi
tidy
