package org.decoymx.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The smallest and the largest value of a key, a number or a duration, as a user writes them. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Range {
    /** The smallest value. */
    String min();

    /** The largest value. */
    String max();

    /** Whether 0 is allowed too, for "off". */
    boolean orZero() default false;
}
