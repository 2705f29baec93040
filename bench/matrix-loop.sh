#!/usr/bin/env bash
# Cells of the matrix one by one, as they are driven without ike-probe: by the daemons' own programs. bench/matrix.ts calls it.
#
#     matrix-loop.sh <plan> <word>
#
# <plan> has a line for each cell: number, daemon that begins, daemon that answers, what is rekeyed (ike, child or -), and a directory with
# everything that the two are configured with, below i/ and r/. <word> begins the names of two network namespaces, which stay for all
# cells. Prints a line for each cell: number, whether both have an IKE SA, a child, and what the rekeying makes (yes, no, or - where there
# was none), milliseconds. Environment: the directories of the daemons' programs, the two preload libraries, what iked is to see of users.
#
# It waits for what it waits for, never for a fixed time; both daemons start at once, and iked is told to begin by its configuration.
set -u
exec </dev/null
plan=$1 word=$2
: "$STRONGSWAN" "$LIBRESWAN" "$OPENIKED" "$NO_ESP" "$NO_PFKEY" "$USERS"
declare -A kind=() dir=() pid=()

# Asks again and again, at most for so many seconds.
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.02
  done
}

network() {
  ip netns add "$word-i" && ip netns add "$word-r" || exit
  ip -n "$word-i" link add eth0 type veth peer name eth0 netns "$word-r"
  ip -n "$word-i" addr add 10.99.0.2/24 dev eth0
  ip -n "$word-r" addr add 10.99.0.3/24 dev eth0
  for role in i r; do
    ip -n "$word-$role" link set lo up
    ip -n "$word-$role" link set eth0 up
  done
}

# TERM, three seconds, KILL.
down() {
  for p in "${pid[@]}"; do kill "$p" 2>/dev/null; done
  for p in "${pid[@]}"; do
    within 3 ended "$p" || kill -9 "$p"
    wait "$p"
  done 2>/dev/null
  pid=()
}
ended() { ! kill -0 "$1" 2>/dev/null; }

leave() {
  trap '' INT TERM HUP
  down
  for role in i r; do
    for p in $(ip netns pids "$word-$role" 2>/dev/null); do kill -9 "$p"; done
    ip netns del "$word-$role" 2>/dev/null
  done
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

swan() { STRONGSWAN_CONF=${dir[$1]}/strongswan.conf SWANCTL_DIR=${dir[$1]}/swanctl swanctl "${@:2}" --uri "unix://${dir[$1]}/vici"; }
whack() { "$LIBRESWAN/whack" --ctlsocket "${dir[$1]}/pluto.ctl" "${@:2}"; }

# Starts the daemon of a role.
up() {
  local d=${dir[$1]}
  local inside=(ip netns exec "$word-$1")
  case ${kind[$1]} in
  strongswan)
    "${inside[@]}" env LD_PRELOAD="$NO_ESP" STRONGSWAN_CONF="$d/strongswan.conf" "$STRONGSWAN/charon-systemd" >"$d/output" 2>&1 &
    ;;
  libreswan)
    # It looks for its helper there.
    "${inside[@]}" sh -c 'mount --bind "$0" /usr/libexec/ipsec && exec "$@"' "$LIBRESWAN" \
      env LD_PRELOAD="$NO_ESP" /usr/libexec/ipsec/pluto --nofork --config "$d/ipsec.conf" --rundir "$d" --nssdir "$d/nss" --dumpdir "$d" \
      --ipsecdir "$d/ipsec.d" --secretsfile "$d/ipsec.secrets" --logfile "$d/log" --nhelpers 1 --no-dnssec --log-no-audit \
      >"$d/output" 2>&1 &
    ;;
  openiked)
    "${inside[@]}" sh -c 'mount --bind "$0/etc" /etc/iked && mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group &&
      shift && exec "$@"' "$d" "$USERS" env LD_PRELOAD="$NO_PFKEY" "$OPENIKED/iked" -d -vv -f "$d/iked.conf" -s "$d/sock" >"$d/log" 2>&1 &
    ;;
  esac
  pid[$1]=$!
}

# Waits until the daemon of a role listens, and loads its connection.
ready() {
  local d=${dir[$1]}
  case ${kind[$1]} in
  strongswan) within 10 test -S "$d/vici" && within 10 swan "$1" --load-all ;;
  libreswan)
    within 10 test -S "$d/pluto.ctl" && within 10 whack "$1" --listen &&
      "$LIBRESWAN/addconn" --ctlsocket "$d/pluto.ctl" --config "$d/ipsec.conf" lab
    ;;
  openiked)
    # On a busy machine it may give up at its first start.
    for _ in 1 2 3; do
      within 10 iked_decided "$1"
      ended "${pid[$1]}" || return 0
      up "$1"
    done
    return 1
    ;;
  esac >>"$d/load" 2>&1
}
iked_decided() { grep -q 'updated local CERTREQ' "${dir[$1]}/log" || ended "${pid[$1]}"; }

# Has the initiator begin, and waits until it has an SA or gives up.
begin() {
  local d=${dir[i]}
  case ${kind[i]} in
  strongswan) swan i --initiate --ike lab --child lab --timeout 12 ;;
  libreswan) timeout --foreground 12 "$LIBRESWAN/whack" --ctlsocket "$d/pluto.ctl" --name lab --initiate ;;
  openiked) within 12 iked_over ;;
  esac >>"$d/begin" 2>&1
}
# That it begins again with another group, it says after it has given up the one before.
iked_over() { iked_came_to 'loaded SPIs' || { iked_came_to "$GIVEN_UP" && sleep 0.1 && iked_came_to "$GIVEN_UP"; }; }
GIVEN_UP='sa_free: |sa_setreason: |-> CLOSED'
iked_came_to() {
  awk -v end="$1" '/initiating "lab"|reinitiating with new DH group/ { begun = 1; over = 0; next }
    $0 ~ end { over = begun } END { exit !over }' "${dir[i]}/log"
}

# What the daemon of a role has: a line for each SA that is established, "ike" or "child" with its number.
sas() {
  case ${kind[$1]} in
  strongswan)
    swan "$1" --list-sas |
      awk '/^[^ ].* ESTABLISHED/ { print "ike", $2 } /^  [^ ].* (INSTALLED|REKEYED)/ { print "child", $2 }'
    ;;
  libreswan)
    whack "$1" --status |
      awk '/^000 #.*\([^)]*established[^)]*\)/ { print /(IKE SA |ISAKMP SA |isakmp)#/ ? "child" : "ike", $2 }'
    ;;
  openiked)
    "$OPENIKED/ikectl" -s "${dir[$1]}/sock" show sa |
      awk '/^iked_/ { on = /^iked_sas: .* ESTABLISHED / } on && /^iked_sas/ { print "ike", $4 }
        on && /sa_childsas: .* in .*\(L/ { print "child", $4 }'
    ;;
  esac 2>/dev/null | sort -u
}
look() { i=$(sas i) r=$(sas r); }
has() { [[ $'\n'$i == *$'\n'"$1 "* && $'\n'$r == *$'\n'"$1 "* ]]; }
both_up() { look && has ike && has child; }
said() { if "$@"; then echo yes; else echo no; fi; }

# Rekeys, and waits until both have another one. What the initiator says when it has failed ends that.
rekey() {
  local what=$1 old_i=$i old_r=$r
  case ${kind[i]} in
  strongswan) swan i --rekey "--$what" lab ;;
  libreswan)
    # It waits on when a rekeying has failed.
    timeout --foreground 10 "$LIBRESWAN/whack" --ctlsocket "${dir[i]}/pluto.ctl" --name lab "--rekey-${what/child/ipsec}" &
    ;;
  esac >>"${dir[i]}/rekey" 2>&1
  within 10 rekeyed_or_failed "$what"
  said another "$what"
}
another() {
  comm -13 <(echo "$old_i") <(echo "$i") | grep -q "^$1 " && comm -13 <(echo "$old_r") <(echo "$r") | grep -q "^$1 "
}
rekeyed_or_failed() { { look && another "$1"; } || grep -Eq "$NOT_REKEYED" "${dir[i]}/log"; }
NOT_REKEYED='SA rekeying failed|fatal error in state STATE_V2_REKEY|initiate rekey .* failed'

cell() {
  local what=$1 ike=error child=error again=-
  up r
  up i
  if ready r && ready i; then
    begin
    # The other side may need a moment for the last message.
    local tries=0
    until both_up || [ $((++tries)) -gt 4 ]; do sleep 0.1; done
    ike=$(said has ike) child=no
    [ "$ike" = no ] || child=$(said has child)
    # ikectl has no command that rekeys.
    if [ "$what" != - ] && [ "$child" = yes ] && [ "${kind[i]}" != openiked ]; then again=$(rekey "$what"); fi
  else
    tail -n 3 "${dir[i]}"/{output,log,load} "${dir[r]}"/{output,log,load} >&2
  fi
  down
  for role in i r; do ip -n "$word-$role" xfrm state flush && ip -n "$word-$role" xfrm policy flush; done
  echo "$ike $child $again"
}

network
while read -ru 3 number from to what d; do
  kind=([i]=$from [r]=$to) dir=([i]=$d/i [r]=$d/r)
  began=$(date +%s%3N)
  cell "$what" >"$d/found"
  echo "$number $(cat "$d/found") $(($(date +%s%3N) - began))"
done 3<"$plan"
