package dev.loopgate.doctor;

import java.util.List;

/** One thing to look at. Changes nothing; may block, but for a second or two only; runs on a thread of its own. */
interface Check {

    /** One or two words. */
    String name();

    /** Empty where there is nothing to say. */
    List<Finding> look();
}
