using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.DependencyInjection;
using Portal.Shell.Parts;
using Xunit;

namespace Portal.Tests.Shell;

/// <summary>A form that posts to us brings the antiforgery token along, however its address came to be; one that leads elsewhere never does.</summary>
public sealed class LocalFormTests
{
    [Theory]
    [InlineData("/accounts/billing")]
    [InlineData("/accounts?handler=Switch")]
    [InlineData("/")]
    [InlineData("~/servers")]
    [InlineData("?handler=Try")]
    public void A_form_that_posts_to_us_has_the_token(string action)
    {
        Assert.Contains("__RequestVerificationToken", Written(action), StringComparison.Ordinal);
        // as a page computes it: action="@Model.Self"
        Assert.Contains("__RequestVerificationToken", Written(new HtmlString(action)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://gateway.example/pay")]
    [InlineData("//gateway.example/pay")]
    [InlineData(@"/\gateway.example/pay")]
    [InlineData("/\t/gateway.example/pay")]
    [InlineData("javascript:alert(1)")]
    [InlineData("gateway")]
    public void A_form_that_leads_elsewhere_has_none(string action) => Assert.Equal("", Written(new HtmlString(action)));

    // these have the framework's own
    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void A_form_that_posts_to_its_own_page_gets_no_second_one(string? action) => Assert.Equal("", Written(action));

    [Fact]
    public void A_page_may_keep_it_out() => Assert.Equal("", Written("/accounts", new TagHelperAttribute("asp-antiforgery", "false")));

    private static string Written(object? action, params TagHelperAttribute[] further)
    {
        using var services = new ServiceCollection().AddLogging().AddAntiforgery().BuildServiceProvider();
        var attributes = new TagHelperAttributeList([new("method", "post"), new("action", action), .. further]);
        var output = new TagHelperOutput("form", attributes, (_, _) => Task.FromResult<TagHelperContent>(new DefaultTagHelperContent()));
        new LocalForm(services.GetRequiredService<IAntiforgery>())
        {
            ViewContext = new ViewContext { HttpContext = new DefaultHttpContext { RequestServices = services } },
        }.Process(new TagHelperContext(attributes, new Dictionary<object, object>(), "form"), output);
        using var text = new StringWriter();
        output.PostContent.WriteTo(text, System.Text.Encodings.Web.HtmlEncoder.Default);
        return text.ToString();
    }
}
