package org.decoymx;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** Checks that the beans are wired, and the format of the HTTP responses. */
@QuarkusTest
class HttpApiTest {

    @Test
    void feeds_listed_haveUrlsThatServeThem() {
        String url = when().get("/feeds")
                .then()
                .statusCode(200)
                .body("name", hasItem("plain"))
                .body("mediaType", everyItem(containsString("/")))
                .body("consumer", hasItem(containsString("rspamd")))
                .body("example", hasItem(containsString("/feeds/plain")))
                .extract()
                .path("find { it.name == 'plain' }.url");

        when().get(url).then().statusCode(200).body(startsWith("# TRIAL"));
    }

    @Test
    void eTag_weakenedByProxy_matches() {
        String eTag =
                when().get("/blocklist.txt").then().statusCode(200).extract().header("ETag");

        given().header("If-None-Match", "\"other\", W/" + eTag)
                .when()
                .get("/blocklist.txt")
                .then()
                .statusCode(304)
                .header("ETag", eTag);
    }

    @Test
    void ifModifiedSince_invalidDate_isIgnored() {
        for (String date : new String[] {"garbage", "", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
            given().header("If-Modified-Since", date)
                    .when()
                    .get("/blocklist.txt")
                    .then()
                    .statusCode(200);
        }
    }

    @Test
    void feed_unknown_isNotFoundListingFormats() {
        when().get("/feeds/nix")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("status", is(404))
                .body("detail", containsString("plain"));
    }

    @Test
    void sender_neverSeen_hasOriginAndReason() {
        given().pathParam("ip", "2001:db8::7")
                .when()
                .get("/senders/{ip}")
                .then()
                .statusCode(200)
                .body("origin", equalTo("2001:db8::7"))
                .body("listed", is(false))
                .body("sessions", is(0))
                .body("reasons", hasItem("It was never seen here."));
    }

    @Test
    void sender_invalidAddress_isRejectedWithoutEcho() {
        for (String text : new String[] {"<script>", "mail.example.org", "010.1.2.3", "192.0.2.08", "1.2.3"}) {
            given().pathParam("ip", text)
                    .when()
                    .get("/senders/{ip}")
                    .then()
                    .statusCode(400)
                    .contentType("application/problem+json")
                    .body("detail", equalTo("Not a valid IP address (examples: 192.0.2.1, 2001:db8::1)"));
        }
    }
}
