/**
 * What runs between the kubelet and bubblewrap: a few lines of POSIX shell that replace themselves by it.
 *
 * Arguments: claim file, status file, log file, folders of an overlay (lower, upper, work, merged; four empty strings
 * for none), command. The shim writes `pid start-time boot` and links that to the claim file, which fails if the file
 * exists. So of a shim that is about to start and a new kubelet that finds the start half done, only one wins:
 * either the process can be found, or it never becomes a container. It keeps its pid throughout.
 */
export const shimScript = `set -eu
claim=$1 status=$2 log=$3 lower=$4 upper=$5 work=$6 merged=$7
shift 7
find_start_time() { shift 19; start_time=$1; }
read -r stat </proc/$$/stat
read -r boot </proc/sys/kernel/random/boot_id
find_start_time \${stat##*) }
echo "$$ $start_time $boot" >"$claim.$$"
ln -T "$claim.$$" "$claim"
[ -z "$merged" ] || mount -t overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work" overlay "$merged"
exec 3>>"$status" </dev/null >>"$log" 2>&1
exec "$@"
`;

/** Written into the claim file by a kubelet that gives up a start which never got that far. */
export const voidClaim = 'void';
