using System.Net;
using Xunit;

namespace Portal.Tests.Accounts;

public sealed class BillingDetailsTests : IAsyncLifetime
{
    private PortalUnderTest portal = null!;
    private Browser browser = null!;

    public async ValueTask InitializeAsync()
    {
        portal = await PortalUnderTest.Start();
        browser = await portal.SignUpAsync("Asha Rao");
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task P04_billing_details_are_saved_as_a_version_and_shown()
    {
        var saved = await PortalUnderTest.EnterBillingAsync(browser, "Asha Rao Designs", ("Input.Gstin", " 27aapfu0939f1zv "), ("Input.StateCode", "27"), ("Input.Pin", "400001"));
        Assert.Contains("Saved", saved.Words, StringComparison.Ordinal);

        var account = await browser.Get("/accounts");
        Assert.Contains("27AAPFU0939F1ZV", account.Words, StringComparison.Ordinal);
        Assert.Contains("AAPFU0939F", account.Words, StringComparison.Ordinal);
        Assert.Contains("Maharashtra (27)", account.Words, StringComparison.Ordinal);
        Assert.Contains("+919876543210", account.Words, StringComparison.Ordinal);

        await PortalUnderTest.EnterBillingAsync(browser, "Asha Rao Designs LLP", ("Input.Gstin", ""), ("Input.StateCode", "29"));
        Assert.Equal([1, 2], await portal.Db.Query<int>(Sql.Versions));
    }

    [Fact]
    public async Task A_wrong_check_character_is_told_beside_the_field_and_nothing_is_lost()
    {
        var page = await PortalUnderTest.EnterBillingAsync(browser, "Asha Rao", ("Input.Gstin", "27AAPFU0939F1ZO"), ("Input.StateCode", "27"), ("Input.Address2", "Near the temple"));

        Assert.Contains("V", page.ErrorAt("Input.Gstin"), StringComparison.Ordinal);
        Assert.Contains("Input_Gstin", page.Summary);
        Assert.Equal("27AAPFU0939F1ZO", page.ValueOf("Input.Gstin"));
        Assert.Equal("27", page.ValueOf("Input.StateCode"));
        Assert.Equal("12 MG Road", page.ValueOf("Input.Address1"));
        Assert.Equal("Near the temple", page.ValueOf("Input.Address2"));
        Assert.Equal("Hosting our web shop", page.ValueOf("Input.Purpose"));
        Assert.Empty(await portal.Db.Query<int>(Sql.Versions));
    }

    [Fact]
    public async Task A_GSTIN_of_another_State_or_another_PAN_is_refused_at_the_field_that_disagrees()
    {
        var state = await PortalUnderTest.EnterBillingAsync(browser, "Asha Rao", ("Input.Gstin", "27AAPFU0939F1ZV"), ("Input.StateCode", "29"));
        Assert.Contains("Maharashtra", state.ErrorAt("Input.StateCode"), StringComparison.Ordinal);

        var pan = await PortalUnderTest.EnterBillingAsync(browser, "Asha Rao", ("Input.Gstin", "27AAPFU0939F1ZV"), ("Input.StateCode", "27"), ("Input.Pan", "AAAPA1234A"));
        Assert.Contains("AAPFU0939F", pan.ErrorAt("Input.Pan"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_that_is_missing_is_told_at_once()
    {
        var page = await PortalUnderTest.EnterBillingAsync(
            browser, "", ("Input.StateCode", ""), ("Input.Address1", ""), ("Input.City", ""), ("Input.Pin", "0123"), ("Input.Mobile", "12"), ("Input.Purpose", ""));

        Assert.All(["LegalName", "StateCode", "Address1", "City", "Pin", "Mobile", "Purpose"], field => Assert.NotNull(page.ErrorAt($"Input.{field}")));
    }

    [Fact]
    public async Task A_PIN_that_looks_like_another_State_is_saved_and_pointed_out()
    {
        var page = await PortalUnderTest.EnterBillingAsync(browser, "Asha Rao", ("Input.Pin", "400001"));

        Assert.Contains("looks like", page.Words, StringComparison.Ordinal);
        Assert.Equal([1], await portal.Db.Query<int>(Sql.Versions));
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_makes_one_version()
    {
        var form = await browser.Get("/accounts/billing");
        await PortalUnderTest.EnterBillingAsync(browser, "Asha Rao");
        var filled = await browser.Get("/accounts/billing");
        await Task.WhenAll(browser.Submit(filled, "/accounts/billing"), browser.Submit(filled, "/accounts/billing"));

        Assert.Equal(HttpStatusCode.OK, form.Status);
        Assert.Equal([1], await portal.Db.Query<int>(Sql.Versions));
    }

    [Fact]
    public async Task P02_each_person_edits_their_own_particulars()
    {
        var page = await browser.Submit(await browser.Get("/accounts"), "/accounts", ("FullName", "Asha R. Rao"), ("JobTitle", "Director"), ("Mobile", "+91 98765 43210"));
        Assert.Equal("Asha R. Rao", page.ValueOf("FullName"));
        Assert.Equal("Director", page.ValueOf("JobTitle"));

        var wrong = await browser.Submit(page, "/accounts", ("FullName", ""), ("Mobile", "none"));
        Assert.NotNull(wrong.ErrorAt("FullName"));
        Assert.Equal("none", wrong.ValueOf("Mobile"));
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        using var content = new FormUrlEncodedContent([KeyValuePair.Create("Input.LegalName", "Forged")]);
        using var response = await browser.Send(new HttpRequestMessage(HttpMethod.Post, "/accounts/billing") { Content = content });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(await portal.Db.Query<int>(Sql.Versions));
    }

    private static class Sql
    {
        public const string Versions = "select Version from BillingProfile order by Version";
    }
}
