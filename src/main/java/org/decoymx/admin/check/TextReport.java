package org.decoymx.admin.check;

/** An answer that says itself how it is printed for people. */
interface TextReport {
    /** Lines of visible characters. */
    String toText();
}
