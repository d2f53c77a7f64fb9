package org.decoymx.admin.check;

import java.util.List;

/** Finds out one or a few things that the check shows. */
interface FindingSource {
    /** What is so now. It is called every 5 seconds, on a thread that may wait a little. */
    List<Finding> find();
}
