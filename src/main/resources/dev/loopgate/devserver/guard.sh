# Outlives loopgate, however that ends, and ends the dev servers that it leaves behind. Standard input takes
#
#   watch MARK PID        a dev server is there; 0 while its number is not known
#   signal NAME MARK PID  for it and the processes below it
#   end MARK PID [told]   TERM for all of these, and KILL for what is left after 5 s; answered by "ended MARK". What was
#                         told to end by a signal already is not told again.
#
# and its end means that of loopgate. MARK is something that only the environment of this dev server has in it. Standard
# output tells of signals that went to the whole process group, as Ctrl-C of a terminal does: the dev servers have got those
# already, and must not get them twice.
set -uf
# The names of processes are bytes.
LC_ALL=C
export LC_ALL
# In tenths of a second.
patience=50

# Process, parent and session of whatever runs. A name may have line breaks and brackets in it: a line is whole once there
# are more numbers behind it than fit into a name. A process that has ended and waits to be asked for its status does not.
processes() {
  if [ -r /proc/self/environ ]; then
    set +f
    cat /proc/[0-9]*/stat 2>/dev/null \
      | sed -n -e ':a' -e '/) [A-Za-z]\( [0-9-]*\)\{12\}/!{N;ba' -e '}' \
        -e 's/^\([0-9]*\) (.*) [^ZX] \([0-9]*\) [0-9]* \([0-9]*\) .*/\1 \2 \3/p'
    set -f
  else
    ps -A -o pid= -o ppid= -o stat= 2>/dev/null | sed -n 's/^ *\([0-9][0-9]*\)  *\([0-9][0-9]*\)  *[^Z ].*/\1 \2 -/p'
  fi
}

# Those with $1 in their environment: a process keeps that when its parent ends.
marked() {
  set +f
  grep -lsF "$1" /proc/[0-9]*/environ | sed 's:/proc/::; s:/environ::'
  set -f
}

session=$(sed 's/.*) //' /proc/self/stat 2>/dev/null | cut -d' ' -f4)

# Of dev server $2 with mark $1 what runs: itself, what is below it, and what has its mark without a parent, unless that has
# left for a session of its own, as a daemon does that is to stay. Never this process, the one that started it, or the system's
# first: a mistake about where to begin must not reach further than what begins there.
tree() {
  found=' '
  marks=' '
  case $1 in
    LOOPGATE_EXEC=?*) marks=" $(marked "$1" | tr '\n' ' ')" ;;
  esac
  begin=none
  case $2 in '' | 0* | 1 | *[!0-9]*) ;; *) begin=$2 ;; esac
  all=$(processes)
  grown=
  while [ "$grown" != "$found" ]; do
    grown=$found
    while read -r pid parent its; do
      case " 0 1 $$ $PPID $found" in *" $pid "*) continue ;; esac
      # What begins there, what is below that, and what has the mark.
      case "$pid $parent" in
        "$begin "* | *" $begin") ;;
        *)
          case $found in
            *" $parent "*) ;;
            *)
              [ "$its" = "$session" ] || continue
              case $marks in *" $pid "*) ;; *) continue ;; esac
              ;;
          esac
          ;;
      esac
      found="$found$pid "
    done <<END
$all
END
  done
  printf '%s' "${found# }"
}

signal() {
  name=$1
  shift
  # Nobody left is nothing to tell.
  [ $# -eq 0 ] || kill "-$name" "$@" 2>/dev/null
}

# shellcheck disable=SC2046,SC2086 # lists
finish() {
  left=$(tree "$1" "$2")
  [ "$3" = told ] || signal TERM $left
  waited=0
  while [ -n "$left" ]; do
    # One that is left shows that there are some, for less than it takes to find all.
    while [ -n "$left" ] && [ "$waited" -lt "$patience" ]; do
      sleep 0.1
      waited=$((waited + 1))
      still=
      for pid in $left; do
        # One that nobody asks for its status is still there, and has ended all the same.
        if kill -0 "$pid" 2>/dev/null && ! grep -qs ') [ZX] ' "/proc/$pid/stat"; then
          still="$still $pid"
        fi
      done
      left=$still
    done
    left=$(tree "$1" "$2")
    if [ "$waited" -ge "$patience" ]; then
      signal KILL $left
      # What even that does not end hangs in the system, and nobody can wait for it.
      [ "$waited" -lt "$((2 * patience))" ] || return 0
      sleep 0.1
      waited=$((waited + 1))
    fi
  done
}

# Watches $1 no more.
forget() {
  others=
  for one in $watched; do
    [ "${one%:*}" = "$1" ] || others="$others $one"
  done
  watched=$others
}

# shellcheck disable=SC2046 # lists
serve() {
  watched=
  while read -r verb a b c; do
    case $verb in
      watch)
        forget "$a"
        watched="$watched $a:$b"
        ;;
      signal) signal "$a" $(tree "$b" "$c") ;;
      end)
        forget "$a"
        (
          finish "$a" "$b" "$c"
          echo "ended $a"
        ) </dev/null &
        ;;
    esac
  done
  for one in $watched; do
    finish "${one%:*}" "${one##*:}" "" &
  done
  wait
}

# What serves is to take no signal, not even in its first moment.
trap '' INT TERM HUP QUIT PIPE TSTP TTIN TTOU
exec 3<&0
serve <&3 3<&- &
server=$!
trap 'echo INT' INT
trap 'echo TERM' TERM
trap 'echo HUP' HUP
trap 'echo QUIT' QUIT
exec 3<&- </dev/null
echo "ready $(stty -g 2>/dev/null </dev/tty)"
# A signal ends the waiting, not what is waited for.
while kill -0 "$server" 2>/dev/null; do
  wait "$server"
done
