using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Portal.Tests.Servers;
using Testing;
using Xunit;

namespace Portal.Tests.Shell;

public sealed class ShellTests
{
    [Fact]
    public async Task Every_answer_says_what_a_page_may_do()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();

        foreach (var address in (string[])["/catalogue", "/nowhere", "/api/nowhere", "/servers", "/sign-up"])
        {
            var headers = (await browser.SendGet(address)).Headers;
            var policy = headers.GetValues("Content-Security-Policy").Single();
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("form-action 'self'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", headers.GetValues("Referrer-Policy").Single());
            Assert.False(headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Two_answers_never_share_a_nonce()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();

        Assert.NotEqual(
            (await browser.SendGet("/catalogue")).Headers.GetValues("Content-Security-Policy").Single(),
            (await browser.SendGet("/catalogue")).Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task P20_P22_P51_public_pages_set_no_cookie_and_work_when_cookies_are_refused()
    {
        await using var portal = await ServerCustomers.StartSelling();
        foreach (var address in (string[])["/", "/catalogue", "/nowhere", "/error"])
        {
            using var browser = portal.NewBrowser();
            var page = await browser.Get(address);
            Assert.Empty(browser.CookiesSet);
            Assert.NotEqual("", page.Title);
        }
    }

    [Fact]
    public async Task P43_every_cookie_ends_with_the_browser_and_says_nothing_about_its_owner()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        await browser.Get("/servers");

        Assert.All(browser.CookiesSet.Where(line => !line.Contains("1970", StringComparison.Ordinal)), line =>
        {
            Assert.DoesNotContain("max-age", line, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("expires", line, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("asha", line, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("httponly", line, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task An_address_that_is_no_page_is_told_calmly_to_people_and_exactly_to_programs()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();

        var page = await browser.Get("/nowhere");
        Assert.Equal((HttpStatusCode.NotFound, "There is no such page"), (page.Status, page.Title));
        var answer = await browser.SendGet("/api/nowhere");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(404, problem.GetProperty("status").GetInt32());
    }

    [Fact]
    [Shows("no stack trace")]
    public async Task A_broken_machine_shows_no_stack_trace_even_in_development()
    {
        await using var portal = await PortalUnderTest.Start();
        await portal.Db.Write(tx => tx.Execute(Sql.Break));
        using var browser = portal.NewBrowser();

        var page = await browser.Get("/catalogue");

        Assert.Equal((HttpStatusCode.InternalServerError, "Something went wrong on our side"), (page.Status, page.Title));
        Assert.DoesNotContain("Sqlite", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var request = new HttpRequestMessage(HttpMethod.Post, "/servers/order?handler=review")
        {
            Content = new FormUrlEncodedContent(ServerCustomers.Answers().Select(answer => KeyValuePair.Create(answer.Name, answer.Value))),
        };

        var answer = await browser.Send(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("This form could not be accepted", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_of_another_kind_is_refused_with_a_page()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");
        var form = await browser.Get("/servers/order");

        var large = await browser.Send(Browser.Fill(form, "/servers/order", ServerCustomers.Answers(("Input.SshKey", new string('a', 1_200_000)))));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        var field = await browser.Send(Browser.Fill(form, "/servers/order", ServerCustomers.Answers(("Input.SshKey", new string('a', 100_000)))));
        Assert.InRange((int)field.StatusCode, 400, 499);
        var json = await browser.Send(new HttpRequestMessage(HttpMethod.Post, "/servers/order?handler=review") { Content = JsonContent.Create(new { a = 1 }) });
        Assert.InRange((int)json.StatusCode, 400, 499);
        foreach (var answer in (HttpResponseMessage[])[large, field, json])
            Assert.Contains("<h1>", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_names_the_grievance_officer_and_is_light()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = portal.NewBrowser();

        var page = await browser.Get("/catalogue");

        Assert.Contains("grievance@kaveri.example", page.Text, StringComparison.Ordinal);
        var bytes = page.Text.Length;
        foreach (var link in page.Html.QuerySelectorAll("link[href], script[src]"))
        {
            var asset = await browser.SendGet(link.GetAttribute("href") ?? link.GetAttribute("src")!);
            Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
            Assert.Contains("immutable", asset.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            bytes += (await asset.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length;
        }

        Assert.InRange(bytes, 1, 100 * 1024);
    }

    [Fact]
    public async Task No_page_carries_a_script_or_a_style_of_its_own()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = await portal.SignUpWithBillingAsync("Asha Rao");

        foreach (var address in (string[])["/catalogue", "/servers", "/servers/order", "/dev/parts", "/dev/parts?wrong=true", "/dev/parts?staff=true", "/dev/parts?empty=true"])
        {
            var page = await browser.Get(address);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Empty(page.Html.QuerySelectorAll("[style], style, script:not([src])"));
            Assert.Empty(page.Html.QuerySelectorAll("*").SelectMany(one => one.Attributes).Where(one => one.Name.StartsWith("on", StringComparison.Ordinal)));
        }
    }

    private static class Sql
    {
        public const string Break = "drop table ServerPlan";
    }
}
