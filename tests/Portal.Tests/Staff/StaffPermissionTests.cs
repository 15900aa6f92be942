using System.Net;
using Portal.Tests.Servers;
using Xunit;

namespace Portal.Tests.Staff;

/// <summary>Staff look into an account with a reason, for a time, reading only; the customer sees it; nothing is written meanwhile.</summary>
public sealed class StaffPermissionTests
{
    [Fact]
    public async Task Staff_look_into_an_account_and_the_customer_is_told()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var asha = await portal.SignUpWithBillingAsync("Asha Rao");
        var server = await portal.Buy(asha);
        await portal.Become(server, "running");
        using var ravi = await Staff(portal, "Ravi Shenoy", "operator");
        var found = await ravi.Get("/operations/accounts?q=asha");
        var account = found.Html.QuerySelector("tbody th a")!.GetAttribute("href")!;
        var refused = await ravi.Submit(await ravi.Get(account), account, ("Reason", "why"));
        Assert.Contains("at least ten characters", refused.ErrorAt("Reason"), StringComparison.Ordinal);
        var inside = await ravi.Submit(refused, account, ("Reason", "Ticket 4711: the server does not answer"));
        Assert.Equal("Servers", inside.Title);
        Assert.Contains("You look into Asha Rao", inside.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ravi.Get($"/servers/{server}")).Status);

        // reading only: whatever is posted is refused, and nothing is written
        var power = await Post(ravi, $"/servers/{server}?handler=power", await ravi.Get("/operations/looking"), ("action", "stop"), ("token", "t1"));
        Assert.Equal(HttpStatusCode.Forbidden, power.Status);
        Assert.Contains("reading only", power.Text, StringComparison.Ordinal);

        Assert.Contains("Ticket 4711", await portal.MailTo(PortalUnderTest.EmailOf("Asha Rao")), StringComparison.Ordinal);
        var seen = await asha.Get("/accounts/staff-access");
        Assert.Contains("Ravi Shenoy Ticket 4711: the server does not answer Read only", seen.Words, StringComparison.Ordinal);

        // a second reason, and each change is in the look's name
        var write = await ravi.Get("/operations/looking");
        await ravi.Submit(write, "/operations/looking", ("Reason", "The customer asked us by phone to stop it"));
        var stopped = await Post(ravi, $"/servers/{server}?handler=power", await ravi.Get($"/servers/{server}"), ("action", "stop"), ("token", "t2"));
        Assert.Equal(HttpStatusCode.OK, stopped.Status);
        var told = await asha.Get("/audit?did=server.power");
        Assert.Contains("Ravi Shenoy (staff) asked to switch a server's power", told.Words, StringComparison.Ordinal);
        Assert.Contains("in the name of sta_", told.Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await ravi.Get("/servers/order")).Status);

        var outside = await Post(ravi, "/operations/looking?handler=end", await ravi.Get("/operations/looking"));
        Assert.DoesNotContain("You look into", outside.Text, StringComparison.Ordinal);
        Assert.NotEqual(HttpStatusCode.OK, (await ravi.Get($"/servers/{server}")).Status);
    }

    [Fact]
    public async Task A_look_ends_by_itself()
    {
        await using var portal = await PortalUnderTest.Start("Portal:Staff:AccessLength=00:00:00.5");
        using var asha = await portal.SignUpAsync("Asha Rao");
        using var ravi = await Staff(portal, "Ravi Shenoy", "operator");
        var account = (await ravi.Get("/operations/accounts?q=asha")).Html.QuerySelector("tbody th a")!.GetAttribute("href")!;
        await ravi.Submit(await ravi.Get(account), account, ("Reason", "To see that it ends by itself"));
        await Testing.Wait.Until(async () => !(await ravi.Get("/operations/looking")).Text.Contains("You look into <", StringComparison.Ordinal)
            && (await ravi.Get("/operations/looking")).Words.Contains("You look into no account", StringComparison.Ordinal), "the end of the look");
        // what is shown again is their own account
        Assert.DoesNotContain("Asha Rao", (await ravi.Get("/audit")).Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("administrator", true, true)]
    [InlineData("operator", true, false)]
    [InlineData("billing", true, false)]
    [InlineData("grievance", true, false)]
    [InlineData("auditor", false, true)]
    public async Task Each_role_does_what_its_table_says(string role, bool look, bool audit)
    {
        await using var portal = await PortalUnderTest.Start();
        using var asha = await portal.SignUpAsync("Asha Rao");
        using var somebody = await Staff(portal, "Somebody Else", role);
        Assert.Equal(audit ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await somebody.Get("/operations/audit")).Status);
        var account = (await somebody.Get("/operations/accounts?q=asha")).Html.QuerySelector("tbody th a")!.GetAttribute("href")!;
        Assert.Equal(look, (await somebody.Get(account)).Words.Contains("Look into the account", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, (await asha.Get(account)).Status);
    }

    private static async Task<Page> Post(Browser browser, string to, Page from, params (string Name, string Value)[] values)
    {
        var token = from.Html.QuerySelector("[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(to, UriKind.Relative))
        {
            Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token), .. values.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))]),
        };
        var response = await browser.Send(request);
        return response.Headers.Location is { } next ? await browser.Get(next.ToString()) : await Page.Read(request.RequestUri!, response);
    }

    private static async Task<Browser> Staff(PortalUnderTest portal, string name, string role)
    {
        var browser = await portal.SignUpAsync(name);
        await portal.Db.Write(tx => tx.Execute(Sql.MakeStaff, new { EmailLower = PortalUnderTest.EmailOf(name), Role = role }));
        return browser;
    }

    private static class Sql
    {
        public const string MakeStaff = "update Person set StaffRole = @Role where EmailLower = @EmailLower";
    }
}
