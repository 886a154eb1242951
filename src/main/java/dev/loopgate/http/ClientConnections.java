package dev.loopgate.http;

import org.jspecify.annotations.Nullable;

/** The client connections of one event loop, in a list that costs little to enter and to leave. Belongs to that loop. */
final class ClientConnections {

    /** A connection as its loop sees it. */
    interface Member {

        /** Keeps the deadlines. */
        void sweep(long now);

        /** Closes it once what it is at is done: at once where that is nothing. */
        void closeWhenDone();

        void abort();
    }

    private @Nullable Seat first;
    private int size;

    Seat add(Member member) {
        Seat seat = new Seat(member);
        seat.next = first;
        if (first != null) {
            first.previous = seat;
        }
        first = seat;
        size++;
        return seat;
    }

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return size;
    }

    /** What is done may make members leave, the one it is done with above all. */
    void forEach(java.util.function.Consumer<Member> what) {
        Seat seat = first;
        while (seat != null) {
            Seat following = seat.next;
            what.accept(seat.member);
            seat = following;
        }
    }

    /** A member's place in the list. */
    final class Seat {

        private final Member member;
        private @Nullable Seat previous;
        private @Nullable Seat next;
        private boolean left;

        private Seat(Member member) {
            this.member = member;
        }

        /** Another takes this place: the connection is the same, and speaks another version of HTTP from here on. */
        Seat passTo(Member other) {
            leave();
            return add(other);
        }

        void leave() {
            if (left) {
                return;
            }
            left = true;
            size--;
            if (previous != null) {
                previous.next = next;
            } else {
                first = next;
            }
            if (next != null) {
                next.previous = previous;
            }
        }
    }
}
