package org.decoymx.admin.notify;

/** A notification could not be delivered. The message names no secret. */
final class DeliveryException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean refused;

    /**
     * Creates an exception without a stack trace.
     *
     * @param refused whether the receiver was reached, and does not want this notification; another one may be wanted
     */
    DeliveryException(String message, boolean refused) {
        super(message, null, false, false);
        this.refused = refused;
    }

    boolean isRefused() {
        return refused;
    }
}
