using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Xunit;

namespace House.Tests;

/// <summary>A page says whom it lets in; the gate refuses everybody where it does not. Endpoints are walked by the portal's permission table.</summary>
public sealed partial class PermissionsAsked
{
    private static readonly Type[] Answers = [typeof(NeedsAttribute), typeof(OwnBusinessAttribute), typeof(AllowAnonymousAttribute), typeof(AuthorizeAttribute)];

    public static TheoryData<string> Models => [.. Types.Select(type => type.FullName!)];

    private static IEnumerable<Type> Types => typeof(Portal.PortalHost).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(PageModel)) && !type.IsAbstract);

    [Theory, MemberData(nameof(Models))]
    public void Every_page_and_handler_says_whom_it_lets_in(string name)
    {
        var model = Types.First(type => type.FullName == name);
        if (Says(model)) return;
        var silent = model.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Where(method => Handler().IsMatch(method.Name) && !Says(method)).Select(method => method.Name).ToList();
        Assert.True(
            silent.Count == 0,
            $"{name} ({string.Join(", ", silent)}) says nothing about whom it lets in, so nobody is. Write [Needs(Permissions.…)], [OwnBusiness], "
            + "the staff policy or [AllowAnonymous] on the model.");
    }

    [Fact]
    public void Pages_without_a_model_say_it_themselves() =>
        Assert.Empty(
            from file in Repository.Files(".cshtml")
            where file.StartsWith("Portal/", StringComparison.Ordinal)
            let text = Repository.Read(file)
            where text.StartsWith("@page", StringComparison.Ordinal) && !text.Contains("@model ", StringComparison.Ordinal)
            where !text.Contains("@attribute [", StringComparison.Ordinal)
            select $"{file} has no @attribute that says whom it lets in");

    private static bool Says(MemberInfo member) => Answers.Any(answer => member.IsDefined(answer, inherit: true));

    [GeneratedRegex("^On(Get|Post|Put|Delete|Head|Patch)[A-Z]?")]
    private static partial Regex Handler();
}
