package org.decoymx.admin.login;

import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.NewCookie;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Ends a login: removes the cookie. */
@Path("/logout")
public final class LogoutResource {
    private final String cookie;

    LogoutResource(@ConfigProperty(name = "quarkus.http.auth.form.cookie-name") String cookie) {
        this.cookie = cookie;
    }

    @POST
    @PermitAll
    public Response post() {
        return Response.seeOther(URI.create(LoginPage.PATH))
                .cookie(new NewCookie.Builder(cookie)
                        .value("")
                        .path("/")
                        .maxAge(0)
                        .httpOnly(true)
                        .sameSite(NewCookie.SameSite.STRICT)
                        .build())
                .build();
    }
}
