package org.decoymx.admin.check;

import jakarta.inject.Singleton;
import java.util.List;
import org.decoymx.admin.AdminConfig;
import org.decoymx.policy.Policy;
import org.decoymx.policy.PolicyMode;

/** Whether the decoy is set up: its mode, and who may steer it. */
@Singleton
final class SetupFindings implements FindingSource {
    private static final String MODE = "mode";
    private static final String ACCESS = "access";

    private final Policy policy;
    private final AdminConfig config;

    SetupFindings(Policy policy, AdminConfig config) {
        this.policy = policy;
        this.config = config;
    }

    @Override
    public List<Finding> find() {
        return List.of(
                judgeMode(policy.settings().mode()),
                judgeAccess(
                        config.admin().usersFile().isPresent(),
                        config.admin().token().isPresent()));
    }

    static Finding judgeMode(PolicyMode mode) {
        return switch (mode) {
            case ENFORCE -> Finding.ok(MODE, "Listed senders are published.");
            case OBSERVE ->
                Finding.warning(
                        MODE,
                        "OBSERVE: the feeds are empty.",
                        "Look at who would be listed; then set decoy.policy.mode=enforce.");
            case TRIAL ->
                Finding.warning(
                        MODE,
                        "TRIAL: every recipient counts, and private addresses are listed.",
                        "Set decoy.domains to your domains, and do not block by this list.");
        };
    }

    static Finding judgeAccess(boolean hasUsers, boolean hasToken) {
        if (!hasUsers && !hasToken) {
            return Finding.warning(
                    ACCESS,
                    "Nobody can list, forget or exempt senders: there are no users and no token.",
                    "Put what `decoymx hash-password NAME admin` prints into a file, and set decoy.admin.users-file"
                            + " to its path; or set decoy.admin.token.");
        }
        String users = hasUsers ? "Users can log in" : "There are no users";
        return Finding.ok(ACCESS, users + (hasToken ? "; the administrator has a token." : "; there is no token."));
    }
}
