package org.decoymx.support;

import java.util.Collection;
import java.util.regex.Pattern;

/** The variables that Kubernetes sets in each container for a Service named {@code decoy} or {@code decoy-...}. */
final class KubernetesVariables {
    private static final String REMEDY = "enableServiceLinks: false in the pod spec";
    private static final Pattern URL = Pattern.compile("(?:tcp|udp|sctp)://.*");
    private static final Pattern OF_A_SERVICE =
            Pattern.compile("DECOY_(?:.+_)?SERVICE_(?:HOST|PORT)(?:_.+)?|DECOY_PORT(?:_.+)?"
                    + "|DECOY_.+_PORT_\\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?");

    private KubernetesVariables() {}

    /** Whether a variable that sets no key is one of them. */
    static boolean contains(String name, String value) {
        return OF_A_SERVICE.matcher(name).matches()
                || name.endsWith("_PORT") && URL.matcher(value).matches();
    }

    /** The warning for some of them. */
    static String warning(Collection<String> names) {
        return String.join(", ", names) + ": ignored, as Kubernetes injects such variables for a Service; " + REMEDY
                + " turns them off";
    }

    /**
     * What to add to the complaint about a value: Kubernetes sets {@code DECOY_SMTP_PORT} for a Service named
     * {@code decoy-smtp}, and the key {@code decoy.smtp.port} has the same variable.
     */
    static String hint(String key, String value) {
        return key.endsWith(".port") && URL.matcher(value).matches()
                ? "; Kubernetes injects such a " + ConfigKey.variable(key) + " for a Service: set " + REMEDY
                : "";
    }
}
