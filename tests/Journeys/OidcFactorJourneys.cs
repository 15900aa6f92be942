using Microsoft.Playwright;
using Xunit;
using static Journeys.OidcFactorHouse;
using static Microsoft.Playwright.Assertions;

namespace Journeys;

/// <summary>Ways to prove who one is, in a real Chromium: passkey, authenticator app, recovery code, once more for money, and locked out.</summary>
public sealed class OidcFactorJourneys
{
    private const string Email = "asha@textiles.example";

    [Fact]
    public async Task A_passkey_is_added_and_signs_in_without_name_and_password()
    {
        await using var house = await OidcFactorHouse.Start();
        await using var browser = await Browser.Start();
        var page = await browser.Visitor();
        await AddDevice(page);
        await house.SignUp(page, "Asha Rao", Email);
        await Expect(page.GetByText("Your password is all that protects this account").First).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Add a passkey" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Asha's laptop");
        await page.ShouldBeAccessible();
        await Press(page, "Add the passkey");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Keep these codes" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();
        await Expect(page.GetByText("Asha's laptop").First).ToBeVisibleAsync();

        await SignOut(page);
        await house.Go(page, "/sign-in?returnTo=%2Faccounts%2Fsecurity");
        await Press(page, "Use a passkey");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign-in and security" })).ToBeVisibleAsync();
        await Expect(page.GetByText("Passkey accepted").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_app_and_its_recovery_codes_let_in_after_the_password()
    {
        await using var house = await OidcFactorHouse.Start();
        await using var browser = await Browser.Start();
        var page = await browser.Visitor(width: 390);
        await house.SignUp(page, "Asha Rao", Email);
        await page.GetByRole(AriaRole.Link, new() { Name = "Set up an app" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "QR code" })).ToBeVisibleAsync();
        var key = await page.Locator("code.key").InnerTextAsync();
        await page.GetByLabel("Code that the app shows").FillAsync(CodeOf(key));
        await Press(page, "Turn it on");
        var codes = await page.Locator(".codes code").AllInnerTextsAsync();
        Assert.Equal(10, codes.Count);

        await SignOut(page);
        await house.SignIn(page, Email);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "One more step" })).ToBeVisibleAsync();
        await page.ShouldBeAccessible();
        await page.GetByLabel("Code from your authenticator app").FillAsync(CodeOf(key, 1));
        await Press(page, "Go on");
        await Expect(page.GetByText("App's code accepted").First).ToBeVisibleAsync();

        await SignOut(page);
        await house.SignIn(page, Email);
        await page.GetByText("I can't use my app").ClickAsync();
        await page.GetByLabel("Recovery code").FillAsync(codes[0]);
        await Press(page, "Use the recovery code");
        await Expect(page.GetByText("9 of 10 are left").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Without_JavaScript_the_page_says_that_passkeys_need_it_and_the_app_works()
    {
        await using var house = await OidcFactorHouse.Start();
        await using var browser = await Browser.Start();
        var page = await browser.Visitor(scripts: false);
        await house.SignUp(page, "Asha Rao", Email);
        await house.Go(page, "/accounts/security/passkey");
        await Expect(page.GetByText("Passkeys need JavaScript").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Add the passkey" })).ToBeHiddenAsync();

        await house.Go(page, "/accounts/security/app");
        var key = await page.Locator("code.key").InnerTextAsync();
        await page.GetByLabel("Code that the app shows").FillAsync(CodeOf(key));
        await Press(page, "Turn it on");
        await SignOut(page);
        await house.SignIn(page, Email);
        await page.GetByLabel("Code from your authenticator app").FillAsync(CodeOf(key, 1));
        await Press(page, "Go on");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign-in and security" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Later_the_passkey_is_asked_for_once_more_and_nothing_typed_is_lost()
    {
        await using var house = await OidcFactorHouse.Start();
        await using var browser = await Browser.Start();
        var page = await browser.Visitor();
        await AddDevice(page);
        await house.SignUp(page, "Asha Rao", Email);
        await house.Go(page, "/accounts/security/passkey");
        await Press(page, "Add the passkey");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Keep these codes" })).ToBeVisibleAsync();

        await house.Go(page, "/accounts/billing");
        await page.GetByLabel("Legal name").FillAsync("Asha Textiles");
        await page.GetByLabel("State").SelectOptionAsync("29");
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync("12 Commercial Street");
        await page.GetByLabel("Town").FillAsync("Bengaluru");
        await page.GetByLabel("PIN").FillAsync("560001");
        await page.GetByLabel("Mobile").FillAsync("9876543210");
        await page.GetByLabel("What you will use the servers for").FillAsync("Our web shop");
        await house.TimePasses(TimeSpan.FromMinutes(20));
        await Press(page, "Save the details");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Confirm that it is you" })).ToBeVisibleAsync();
        await page.ShouldBeAccessible();
        await Press(page, "Use a passkey");
        await Expect(page.GetByText("You are about to change the billing details").First).ToBeVisibleAsync();
        await page.ShouldBeAccessible();
        await Press(page, "Go on");
        await Expect(page.GetByText("Saved").First).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Legal name")).ToHaveValueAsync("Asha Textiles");
    }

    [Fact]
    public async Task Too_many_tries_lock_and_the_mailed_link_opens()
    {
        await using var house = await OidcFactorHouse.Start(("FailuresPerAddress", "3"));
        await using var browser = await Browser.Start();
        var page = await browser.Visitor();
        await house.SignUp(page, "Asha Rao", Email);
        await SignOut(page);
        for (var i = 0; i < 3; i++) await house.SignIn(page, Email, "not the password");

        await house.SignIn(page, Email);
        await Expect(page.GetByText("Too many tries").First).ToBeVisibleAsync();
        await house.FollowMail(page, Email, "Signing in is locked");
        await Press(page, "Yes, let me try again");
        await house.SignIn(page, Email);
        await Expect(page.GetByText("Unlocked by mail").First).ToBeVisibleAsync();
    }
}
