package org.decoymx;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.decoymx.support.ConfigReport;
import org.decoymx.support.StartOrder;
import org.jboss.logging.Logger;

/**
 * Checks the configuration before a port is opened. Beans that the metrics need exist by then, so the data directory
 * may have been created.
 */
@ApplicationScoped
class StartCheck {
    private static final Logger LOG = Logger.getLogger(StartCheck.class);

    void check(@Observes @Priority(StartOrder.FIRST) StartupEvent event) {
        if (LaunchMode.current() == LaunchMode.TEST) {
            // the environment of a test run belongs to the developer
            return;
        }
        ConfigReport report = ConfigMappings.report();
        report.warnings().forEach(LOG::warn);
        if (!report.problems().isEmpty()) {
            throw new ConfigurationException(String.join(System.lineSeparator(), report.problems()));
        }
    }
}
